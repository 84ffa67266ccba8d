import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

const FDS = '/proc/self/fd';

/** What the process as a whole uses, asked of the system at each reading. */
export class ProcessReadings {
  /** Since 1970. */
  readonly startTimeSeconds = performance.timeOrigin / 1000;
  /** Of Node.js, without the leading v. */
  readonly nodeVersion = process.versions.node;
  /** How many files may be open; null where the system does not tell, or sets no limit. */
  readonly maxFds = readMaxFds();
  #listedFds: number | null = null;
  #listing = false;

  get residentMemoryBytes(): number {
    return process.memoryUsage.rss();
  }

  /** Of JavaScript: used by objects, set aside for them, and held by them elsewhere. */
  get heap() {
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    return { usedBytes: heapUsed, totalBytes: heapTotal, externalBytes: external };
  }

  /** Processor time, in user and in kernel mode. */
  get cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  /**
   * Files and sockets that are open; null where the system does not tell. Linux tells their number since 6.2; before,
   * they have to be listed, which takes 40 ms for 18,000 of them and is left to another thread, for the next reading.
   */
  get openFds(): number | null {
    const size = statSync(FDS, { throwIfNoEntry: false })?.size ?? null;
    if (size !== 0) return size;
    if (!this.#listing) void this.#listFds();
    return this.#listedFds;
  }

  async #listFds(): Promise<void> {
    this.#listing = true;
    this.#listedFds = await readdir(FDS).then(
      ({ length }) => length,
      () => null,
    );
    this.#listing = false;
  }
}

function readMaxFds(): number | null {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null; // not Linux
  }
}

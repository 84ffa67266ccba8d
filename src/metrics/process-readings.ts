import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

const FDS = '/proc/self/fd';

/** What the process as a whole uses, asked of the system at each reading. */
export class ProcessReadings {
  /** Since 1970. */
  readonly startTimeSeconds = performance.timeOrigin / 1000;
  /** Of Node.js, without the leading v. */
  readonly nodeVersion = process.versions.node;
  /** How many files may be open; Infinity where the system does not tell, or sets no limit. */
  readonly maxFds: number;
  #listedFds: number | null = null;
  #listing = false;

  constructor(maxFds: number) {
    this.maxFds = maxFds;
  }

  /** Of the process, in RAM, and of JavaScript; null where there is no /proc, which Node.js reads it from. */
  get memory(): NodeJS.MemoryUsage | null {
    try {
      return process.memoryUsage();
    } catch {
      return null;
    }
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

import { type BigIntStats, stat } from 'node:fs';
import { promisify } from 'node:util';
import { readFileAgain } from './files.ts';
import { digestOf, type SourceFile, UNREADABLE } from './sources.ts';

/** A file that was written less than this before it was read may be written again within one tick of its time stamps. */
const SETTLED_MS = 2000;

interface Look {
  /** Which file it was, as the file system tells without reading it. */
  readonly version: string;
  /** Whether another content would have another version. */
  readonly settled: boolean;
  readonly digest: string;
}

/**
 * Tells files from what they were when a configuration was read from them: by content, whatever way it came there, a
 * rename or another end of a symbolic link included. Reads again only files of another version, so that looking costs
 * one `stat` a file.
 */
export class SourceWatch {
  #looks: ReadonlyMap<string, Look> = new Map();

  /** @returns those that hold something else now, by path, each with a digest of that. */
  async changes(files: ReadonlyMap<string, SourceFile>): Promise<ReadonlyMap<string, string>> {
    const looks = new Map<string, Look>();
    const changed = new Map<string, string>();
    for (const [path, { digest, maxBytes }] of files) {
      const look = await lookAt(path, maxBytes, this.#looks.get(path));
      looks.set(path, look);
      if (look.digest !== digest) changed.set(path, look.digest);
    }
    this.#looks = looks;
    return changed;
  }
}

async function lookAt(path: string, maxBytes: number, before: Look | undefined): Promise<Look> {
  const nowMs = Date.now();
  let stats: BigIntStats;
  try {
    stats = await promisify(stat)(path, { bigint: true });
  } catch {
    return { version: '', settled: false, digest: UNREADABLE };
  }
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats;
  const version = [dev, ino, size, mtimeNs, ctimeNs].join(':');
  if (before?.settled === true && before.version === version) return before;
  const content = await readFileAgain(path, maxBytes);
  const settled = nowMs - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) > SETTLED_MS;
  const digest = content === null ? UNREADABLE : digestOf(content, maxBytes);
  return { version, settled, digest };
}

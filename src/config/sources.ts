import { createHash } from 'node:crypto';
import { type ReadValueFile, readValueFile } from './files.ts';

/** Stands for a file that cannot be read, whatever the reason: until that changes there is nothing new to read. */
export const UNREADABLE = 'unreadable';

/** One file as a configuration was read from it. */
export interface SourceFile {
  /** What the first `maxBytes` bytes of its content come to, or {@link UNREADABLE}. */
  readonly digest: string;
  readonly maxBytes: number;
}

/** Everything that one reading of a configuration has looked at: lb.yaml, the files of its `…_file` keys, its modules. */
export class Sources {
  readonly #files = new Map<string, SourceFile>();

  /** By path, in the order they were read. */
  get files(): ReadonlyMap<string, SourceFile> {
    return this.#files;
  }

  /** @param content null for a file that cannot be read. @param maxBytes no more of it decides. */
  note(path: string, content: Uint8Array | null, maxBytes: number): void {
    const digest = content === null ? UNREADABLE : digestOf(content, maxBytes);
    this.#files.set(path, { digest, maxBytes });
  }

  readonly readValueFile: ReadValueFile = (path, maxBytes) => {
    try {
      const content = readValueFile(path, maxBytes);
      this.note(path, content, maxBytes);
      return content;
    } catch (error) {
      this.note(path, null, maxBytes);
      throw error;
    }
  };
}

export function digestOf(content: Uint8Array, maxBytes: number): string {
  return createHash('sha256').update(content.subarray(0, maxBytes)).digest('hex');
}

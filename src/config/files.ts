import { close, closeSync, constants, fstatSync, open, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { maxConfigBytes } from './source-text.ts';

/**
 * Reads a file that a `…_file` key names.
 *
 * @returns at most `maxBytes + 1` bytes, so that the caller sees that there were more.
 * @throws the error of the file system.
 */
export type ReadValueFile = (path: string, maxBytes: number) => Uint8Array;

/** Does not wait for a writer, should the path be a pipe. */
export const readValueFile: ReadValueFile = (path, maxBytes) => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('not a regular file');
    const buffer = Buffer.alloc(maxBytes + 1);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(descriptor);
  }
};

export interface ConfigContent {
  readonly bytes: Uint8Array;
  /** Not of a pipe or a device, which may say something else each time, or nothing. */
  readonly isFile: boolean;
}

/**
 * Reads lb.yaml, from a pipe too, and no more of it than shows that it is too large. Not by `node:fs/promises`, which
 * brings a line editor along: 0.7 MB.
 *
 * @throws as the file system does.
 */
export async function readConfigFile(path: string): Promise<ConfigContent> {
  const descriptor = await promisify(open)(path, 'r');
  try {
    const isFile = fstatSync(descriptor).isFile();
    return { bytes: await readUpTo(descriptor, maxConfigBytes), isFile };
  } finally {
    await promisify(close)(descriptor);
  }
}

/**
 * Reads a file again that a configuration was read from. Never waits for a writer.
 *
 * @returns null when it cannot be read or is no regular file.
 */
export async function readFileAgain(path: string, maxBytes: number): Promise<Uint8Array | null> {
  let descriptor: number;
  try {
    descriptor = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    if (!fstatSync(descriptor).isFile()) return null;
    return await readUpTo(descriptor, maxBytes);
  } catch {
    return null;
  } finally {
    await promisify(close)(descriptor);
  }
}

/** @returns the content; more than `maxBytes` of it when there is more. */
async function readUpTo(descriptor: number, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= maxBytes) {
    const chunk = Buffer.alloc(64 * 1024);
    const { bytesRead } = await promisify(read)(descriptor, chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
};

/** Says in words why a file could not be read, with the code of the system where there is one. */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error)) return error.message;
  const code = String(error.code);
  const reason = reasons[code];
  return reason === undefined ? code : `${reason} (${code})`;
}

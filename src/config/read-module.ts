import { readFile } from 'node:fs/promises';
import { digestOf, type Sources } from './sources.ts';

/** As much of a module is looked at to tell whether it has changed. */
const MAX_BYTES = 10_000_000;

/**
 * Reads a module, to tell its content from others; importing is another thing.
 *
 * @param path absolute.
 * @param sources told of it, also when it cannot be read.
 * @returns a digest of its content.
 * @throws as the file system does.
 */
export async function readModule(path: string, sources: Sources | null): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    sources?.note(path, null, MAX_BYTES);
    throw error;
  }
  sources?.note(path, bytes, MAX_BYTES);
  return digestOf(bytes, MAX_BYTES).slice(0, 16);
}

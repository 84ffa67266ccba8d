import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Of the file, either way: some hundred bytes for each of a hundred thousand backends. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What was found at the path. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  /** A file, but none that lb can have written. */
  | { readonly kind: 'foreign'; readonly why: string };

/**
 * Reads the whole file; never waits for a pipe, and never reads without end from a device.
 *
 * @returns null when there is none.
 * @throws Error of the system, or because it is no regular file.
 */
export async function readBounded(path: string): Promise<Content | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(nullIfMissing);
  if (file === null) return null;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > MAX_BYTES) return { kind: 'foreign', why: `it has ${stats.size} bytes` };
    return { kind: 'text', text: await file.readFile('utf8') };
  } finally {
    await file.close();
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/**
 * Puts a new file in the place of the old one. Whoever reads, and whenever lb or the machine dies, there is the whole
 * old text or the whole new one: the new file is on the disk before it gets the name, and the name is on the disk
 * before this resolves. For one caller at a time.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) throw new Error(`the state of so many backends has ${bytes} bytes`);
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true }); // left by an lb that was killed
  // Exclusive: in a folder that others may write to, it never follows a link that they have laid there.
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Keeps a file that is about to be replaced, in the place of the last one kept so.
 *
 * @returns where it is now; null when it could not be moved.
 */
export async function setAside(path: string): Promise<string | null> {
  const aside = `${path}.ignored`;
  try {
    await rename(path, aside);
    return aside;
  } catch {
    return null; // a folder that is not lb's: replacing the file will fail, too, and that is told
  }
}

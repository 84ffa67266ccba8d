import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** @returns bytes ever written to the file. */
export async function logSize(file: string): Promise<number> {
  return (await stat(file)).size;
}

/**
 * Gives the disk space of a growing log back without changing its length, so that a long run stays bounded. Cutting it
 * to 0 would not do: HAProxy writes on from where it was, and its log would seem longer than it is.
 */
export async function releaseLog(file: string): Promise<void> {
  const size = await logSize(file);
  if (size === 0) return;
  const range = ['--offset', '0', '--length', String(size)];
  await promisify(execFile)('fallocate', ['--punch-hole', ...range, file]);
}

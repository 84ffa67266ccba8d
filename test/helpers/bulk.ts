import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { crc32 } from 'node:zlib';

export const GIB = 1024 ** 3;

/** A prime length, so that bytes lost, doubled or swapped by a proxy's own block size change the checksum. */
const BLOCK_BYTES = 65_521;

/** What went past, for comparing both ends. */
export interface Tally {
  readonly bytes: number;
  readonly crc32: number;
}

/** Writes `totalBytes` of noise as fast as they are taken, and ends the stream; gives up when that is closed. */
export async function pour(
  to: Writable,
  totalBytes: number,
  onProgress: (totalBytes: number) => void = () => undefined,
): Promise<Tally> {
  const block = randomBytes(BLOCK_BYTES);
  let checksum = 0;
  for (let left = totalBytes; left > 0; left -= BLOCK_BYTES) {
    const bytes = left < BLOCK_BYTES ? block.subarray(0, left) : block;
    checksum = crc32(bytes, checksum);
    onProgress(totalBytes - left);
    if (!to.write(bytes)) await drained(to);
    if (to.destroyed) break;
  }
  to.end();
  return { bytes: totalBytes, crc32: checksum };
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      stream.off('drain', finish).off('close', finish);
      resolve();
    };
    stream.on('drain', finish).on('close', finish);
  });
}

/** Reads a stream to its end, keeping nothing. */
export async function soak(
  from: Readable,
  onProgress: (totalBytes: number) => void = () => undefined,
): Promise<Tally> {
  let bytes = 0;
  let checksum = 0;
  // Not `for await`, which would destroy a socket at the end of one direction.
  from.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    onProgress(bytes);
  });
  await once(from, 'end');
  return { bytes, crc32: checksum };
}

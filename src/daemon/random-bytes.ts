import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** The kernel's generator, the one that seeds node:crypto's; on Linux, macOS and the BSDs. */
const SOURCE = '/dev/urandom';

/**
 * Overwrites all of a buffer with random bytes fit for secrets. Asks the kernel, because node:crypto costs 5 MB of idle
 * memory once it is loaded; where there is no such device (Windows, a bare root), node:crypto does it.
 */
export function fillRandom(bytes: Buffer): void {
  const descriptor = openSource();
  if (descriptor === null) {
    randomFillSync(bytes);
    return;
  }
  try {
    // A signal may cut a read short.
    for (let filled = 0; filled < bytes.length; ) {
      filled += readSync(descriptor, bytes, filled, bytes.length - filled, null);
    }
  } finally {
    closeSync(descriptor);
  }
}

function openSource(): number | null {
  try {
    return openSync(SOURCE, 'r');
  } catch {
    return null;
  }
}

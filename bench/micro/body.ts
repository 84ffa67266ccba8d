import { BODY_CHUNKED, BODY_LENGTH, BodyReader } from '../../src/http1/body-reader.ts';
import { BROKEN } from '../../src/http1/chunked-decoder.ts';
import { measure } from './measure.ts';

// What finding the data of a body costs, for a whole body that lies in one buffer. Data is not looked at, so a chunk
// costs the same whatever its size; only the bytes of its framing count.

const reader = new BodyReader();

/** @returns bytes of data found. */
function read(kind: typeof BODY_CHUNKED | typeof BODY_LENGTH, bytes: Buffer): number {
  reader.start(kind, bytes.length);
  for (let at = 0; !reader.done; ) {
    at = reader.read(bytes, at, bytes.length);
    if (at === BROKEN) throw new Error(`Cannot measure: ${reader.violation}`);
  }
  return reader.total;
}

const chunked = (chunkBytes: number, chunks: number, trailer = '') =>
  Buffer.from(
    `${`${chunkBytes.toString(16)}\r\n${'x'.repeat(chunkBytes)}\r\n`.repeat(chunks)}0\r\n${trailer}\r\n`,
    'latin1',
  );

const bodies = [
  ['64 KiB of known length', BODY_LENGTH, Buffer.alloc(65_536)],
  ['1 chunk of 128 bytes', BODY_CHUNKED, chunked(128, 1)],
  ['1 chunk of 128 bytes and a trailer', BODY_CHUNKED, chunked(128, 1, 'Digest: abcdef\r\n')],
  ['64 KiB in chunks of 16 KiB', BODY_CHUNKED, chunked(16_384, 4)],
  ['64 KiB in chunks of 1 KiB', BODY_CHUNKED, chunked(1024, 64)],
  ['64 KiB in chunks of 16 bytes', BODY_CHUNKED, chunked(16, 4096)],
] as const;
for (const [name, kind, bytes] of bodies) {
  measure(name, (count) => {
    let total = 0;
    for (let i = 0; i < count; i++) total += read(kind, bytes);
    return total;
  });
}

/** Bytes as they come from a socket: at [start, end) of a buffer that is overwritten as soon as they have been read. */
export interface Piece {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface Replay {
  readonly name: string;
  readonly pieces: Iterable<Piece>;
}

/** Inputs up to this long are cut in two at every byte; longer ones near both ends, and at every 499th between. */
const CUT_EVERYWHERE_BYTES = 2000;
const CUT_NEAR_ENDS_BYTES = 100;
const CUT_STEP = 499;

/** What lies around a piece, and replaces it afterwards: would change the message if it were taken for a part of it. */
const GARBAGE = '\r\nX-Garbage: 1\r\n\r\n5\r\n';
/** Room before and behind a piece; odd, so that no offset is right by accident. */
const MARGIN = 37;

/** Every way in which an input is replayed. */
export function* replaysOf(bytes: Buffer): Iterable<Replay> {
  yield { name: 'in one piece', pieces: [{ buffer: bytes, start: 0, end: bytes.length }] };
  yield { name: 'in one piece, amid garbage', pieces: amidGarbage(bytes, []) };
  yield { name: 'byte by byte', pieces: byteByByte(bytes) };
  const everywhere = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
  yield { name: 'byte by byte, amid garbage', pieces: amidGarbage(bytes, everywhere) };
  for (const cut of everywhere) {
    const nearEnd = Math.min(cut, bytes.length - cut) <= CUT_NEAR_ENDS_BYTES;
    if (bytes.length > CUT_EVERYWHERE_BYTES && !nearEnd && cut % CUT_STEP !== 0) continue;
    yield { name: `cut at byte ${cut}`, pieces: amidGarbage(bytes, [cut]) };
  }
}

function* byteByByte(buffer: Buffer): Iterable<Piece> {
  for (let at = 0; at < buffer.length; at++) yield { buffer, start: at, end: at + 1 };
}

/** Pieces that all come in the same buffer, each at another offset. */
function* amidGarbage(bytes: Buffer, cuts: readonly number[]): Iterable<Piece> {
  const buffer = Buffer.alloc(bytes.length + 2 * MARGIN, GARBAGE);
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    const start = MARGIN - (at % 7);
    const end = start + cut - at;
    bytes.copy(buffer, start, at, cut);
    yield { buffer, start, end };
    buffer.fill(GARBAGE, start, end);
    at = cut;
  }
}

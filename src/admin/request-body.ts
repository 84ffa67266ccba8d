import { BODY_LENGTH, BODY_NONE, type BodyKind, BodyReader } from '../http1/body-reader.ts';
import { BROKEN } from '../http1/chunked-decoder.ts';

/** Orders are some hundred bytes. */
const MAX_BYTES = 64 * 1024;

/** What came of some bytes of a body. */
export type BodyProgress = 'more' | 'done' | 'too_large' | 'broken';

/** The body of one request, kept whole. */
export class RequestBody {
  readonly #reader = new BodyReader();
  #pieces: Buffer[] = [];
  /** Where the bytes after the body begin, once it is done. */
  end = 0;

  /** @param length bytes, for BODY_LENGTH. @returns false when it is too long. */
  start(kind: BodyKind, length: number): boolean {
    this.#pieces = [];
    if (kind === BODY_LENGTH && length > MAX_BYTES) return false;
    this.#reader.start(kind, length);
    return true;
  }

  read(buffer: Buffer, start: number, end: number): BodyProgress {
    const reader = this.#reader;
    let at = start;
    while (at < end && !reader.done) {
      const next = reader.read(buffer, at, end);
      if (next === BROKEN) return 'broken';
      if (reader.total > MAX_BYTES) return 'too_large';
      if (reader.dataEnd > reader.dataStart) {
        this.#pieces.push(Buffer.from(buffer.subarray(reader.dataStart, reader.dataEnd)));
      }
      at = next;
    }
    this.end = at;
    return reader.done ? 'done' : 'more';
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}

/** Whether a head announces a body with at least one byte, or one whose length is not known. */
export function hasBody(kind: BodyKind, length: number): boolean {
  return kind !== BODY_NONE && !(kind === BODY_LENGTH && length === 0);
}

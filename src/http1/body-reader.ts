import type { Reason } from '../foundation/reason.ts';
import { ChunkedDecoder } from './chunked-decoder.ts';

/** How the end of a body is found (RFC 9112 §6.3). */
export const BODY_NONE = 0;
export const BODY_LENGTH = 1;
export const BODY_CHUNKED = 2;
/** Until the connection closes; responses only. */
export const BODY_UNTIL_CLOSE = 3;

export type BodyKind =
  | typeof BODY_NONE
  | typeof BODY_LENGTH
  | typeof BODY_CHUNKED
  | typeof BODY_UNTIL_CLOSE;

/**
 * Finds a body's data among its framing, in pieces cut anywhere. One per side of a connection, used for every message.
 *
 * Call `read` until it has used all bytes or `done` is set; after each call the data found, if any, is
 * [dataStart, dataEnd) of the buffer given.
 */
export class BodyReader {
  kind: BodyKind = BODY_NONE;
  done = true;
  dataStart = 0;
  dataEnd = 0;
  /** Bytes of data found so far. */
  total = 0;
  /** Data bytes missing from a body of known length. */
  #remaining = 0;
  /** Made for the first chunked body: most connections never see one. */
  #decoder: ChunkedDecoder | null = null;

  /** @param length bytes, for BODY_LENGTH. */
  start(kind: BodyKind, length: number): void {
    this.kind = kind;
    this.done = kind === BODY_NONE || (kind === BODY_LENGTH && length === 0);
    this.total = 0;
    this.#remaining = length;
    if (kind !== BODY_CHUNKED) return;
    this.#decoder ??= new ChunkedDecoder();
    this.#decoder.reset();
  }

  /** The trailer section of a chunked body that is done, as text; '' when there was none. */
  get trailers(): string {
    return this.kind === BODY_CHUNKED && this.#decoder !== null ? this.#decoder.trailers : '';
  }

  /** Why `read` answered BROKEN. */
  get violation(): Reason {
    return this.#decoder?.violation ?? 'bad_chunk_size';
  }

  /** @returns where to go on, past the data found; or BROKEN (see `violation`). */
  read(buffer: Buffer, start: number, end: number): number {
    if (this.kind === BODY_CHUNKED && this.#decoder !== null) {
      return this.#readChunked(this.#decoder, buffer, start, end);
    }
    const count =
      this.kind === BODY_UNTIL_CLOSE ? end - start : Math.min(end - start, this.#remaining);
    this.dataStart = start;
    this.dataEnd = start + count;
    this.total += count;
    this.#remaining -= count;
    this.done = this.kind !== BODY_UNTIL_CLOSE && this.#remaining === 0;
    return this.dataEnd;
  }

  #readChunked(decoder: ChunkedDecoder, buffer: Buffer, start: number, end: number): number {
    const next = decoder.read(buffer, start, end);
    this.dataStart = decoder.dataStart;
    this.dataEnd = decoder.dataEnd;
    this.total += decoder.dataEnd - decoder.dataStart;
    this.done = decoder.done;
    return next;
  }
}

import type { Reason } from '../foundation/reason.ts';
import { COLON, CR, FIELD_VALUE, HEX_VALUE, LF, SEMICOLON, SPACE, TAB, TOKEN } from './characters.ts';

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

/** What `read` answers when the framing is broken. */
export const BROKEN = -1;

/*
 *  SIZE ──;──► EXTENSION ┐            ┌──────────── size > 0 ─────► DATA ► DATA_CR ► DATA_LF ► SIZE
 *    └────────CR─────────┴► SIZE_LF ──┤
 *                                     └── size = 0 ► TRAILER ► TRAILER_NAME ► TRAILER_VALUE ► TRAILER_LF ► TRAILER
 *                                                       └─CR─► END_LF ► done
 */
const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILER = 6;
const TRAILER_NAME = 7;
const TRAILER_VALUE = 8;
const TRAILER_LF = 9;
const END_LF = 10;
const QUOTED = 11;
const QUOTED_PAIR = 12;
const EXTENSION_NAME = 13;
const EXTENSION_EQUALS = 14;
const EXTENSION_VALUE = 15;
const EXTENSION_END = 16;

/** Enough for 2^53-1 with room for leading zeros. */
const MAX_SIZE_DIGITS = 16;
/** Extensions and trailers are read and dropped; these bound what a peer can make lb read for nothing. */
const MAX_EXTENSION_BYTES = 256;
const MAX_TRAILER_BYTES = 16 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;

/**
 * Finds a body's data among its framing, in pieces cut anywhere. One per side of a connection, reused for every message.
 *
 * Call `read` until it stops advancing; after each call the data found, if any, is [dataStart, dataEnd) of the buffer
 * given. Chunk extensions and trailers are checked and dropped: lb re-frames what it forwards.
 */
export class BodyReader {
  kind: BodyKind = BODY_NONE;
  done = true;
  dataStart = 0;
  dataEnd = 0;
  /** Bytes of data found so far. */
  total = 0;
  violation: Reason = 'bad_chunk_size';
  /** Data bytes missing from the body (BODY_LENGTH) or from the chunk (BODY_CHUNKED). */
  #remaining = 0;
  #state = SIZE;
  #digits = 0;
  #extraBytes = 0;

  /** @param length bytes, for BODY_LENGTH. */
  start(kind: BodyKind, length: number): void {
    this.kind = kind;
    this.done = kind === BODY_NONE || (kind === BODY_LENGTH && length === 0);
    this.total = 0;
    this.#remaining = kind === BODY_LENGTH ? length : 0;
    this.#state = SIZE;
    this.#digits = 0;
    this.#extraBytes = 0;
  }

  /** @returns where to go on, past the data found; `end` when all is read; or BROKEN (see `violation`). */
  read(buffer: Buffer, start: number, end: number): number {
    this.dataStart = start;
    this.dataEnd = start;
    if (this.done || start >= end) return start;
    if (this.kind === BODY_CHUNKED) return this.#readChunked(buffer, start, end);
    if (this.kind === BODY_UNTIL_CLOSE) {
      this.dataEnd = end;
      this.total += end - start;
      return end;
    }
    const taken = this.#takeData(start, end);
    this.done = this.#remaining === 0;
    return taken;
  }

  #takeData(start: number, end: number): number {
    const count = Math.min(end - start, this.#remaining);
    this.dataStart = start;
    this.dataEnd = start + count;
    this.#remaining -= count;
    this.total += count;
    return this.dataEnd;
  }

  #break(violation: Reason): number {
    this.violation = violation;
    return BROKEN;
  }

  // One dispatch per framing byte (a dozen per chunk), none per data byte.
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a state machine, drawn above
  #readChunked(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const byte = buffer[at]!;
      switch (this.#state) {
        case SIZE: {
          const digit = HEX_VALUE[byte]!;
          if (digit !== 255) {
            if (++this.#digits > MAX_SIZE_DIGITS) return this.#break('bad_chunk_size');
            this.#remaining = this.#remaining * 16 + digit;
            if (this.#remaining > Number.MAX_SAFE_INTEGER) return this.#break('bad_chunk_size');
          } else if (this.#digits === 0 || (byte !== CR && byte !== SEMICOLON)) {
            return this.#break('bad_chunk_size');
          } else {
            this.#extraBytes = 0;
            this.#state = byte === CR ? SIZE_LF : EXTENSION;
          }
          at++;
          continue;
        }
        case EXTENSION:
        case EXTENSION_NAME:
        case EXTENSION_EQUALS:
        case EXTENSION_VALUE:
        case EXTENSION_END:
        case QUOTED:
        case QUOTED_PAIR:
          if (++this.#extraBytes > MAX_EXTENSION_BYTES || !this.#extensionByte(byte)) {
            return this.#break('bad_chunk_extension');
          }
          at++;
          continue;
        case SIZE_LF:
          if (byte !== LF) return this.#break('bad_chunk_size');
          this.#state = this.#remaining === 0 ? TRAILER : DATA;
          this.#digits = 0;
          this.#extraBytes = 0;
          at++;
          continue;
        case DATA:
          at = this.#takeData(at, end);
          if (this.#remaining === 0) this.#state = DATA_CR;
          return at;
        case DATA_CR:
          if (byte !== CR) return this.#break('bad_chunk_end');
          this.#state = DATA_LF;
          at++;
          continue;
        case DATA_LF:
          if (byte !== LF) return this.#break('bad_chunk_end');
          this.#state = SIZE;
          at++;
          continue;
        default:
          if (++this.#extraBytes > MAX_TRAILER_BYTES || !this.#trailerByte(byte)) {
            return this.#break('bad_trailer');
          }
          at++;
          if (this.done) return at;
      }
    }
    return at;
  }

  /** `*( ";" token [ "=" ( token / quoted-string ) ] )`, without white space (RFC 9112 §7.1.1). */
  #extensionByte(byte: number): boolean {
    switch (this.#state) {
      case EXTENSION:
        this.#state = EXTENSION_NAME;
        return TOKEN[byte] === 1;
      case EXTENSION_EQUALS:
        this.#state = byte === QUOTE ? QUOTED : EXTENSION_VALUE;
        return byte === QUOTE || TOKEN[byte] === 1;
      case QUOTED:
        if (byte === BACKSLASH) this.#state = QUOTED_PAIR;
        else if (byte === QUOTE) this.#state = EXTENSION_END;
        return FIELD_VALUE[byte] === 1;
      case QUOTED_PAIR:
        this.#state = QUOTED;
        return FIELD_VALUE[byte] === 1;
      default:
        if (TOKEN[byte] === 1) return this.#state !== EXTENSION_END;
        if (byte === CR) this.#state = SIZE_LF;
        else if (byte === SEMICOLON) this.#state = EXTENSION;
        else if (byte === EQUALS && this.#state === EXTENSION_NAME) this.#state = EXTENSION_EQUALS;
        else return false;
        return true;
    }
  }

  /** Field lines, then an empty one (RFC 9112 §7.1.2). */
  #trailerByte(byte: number): boolean {
    switch (this.#state) {
      case TRAILER:
        this.#state = byte === CR ? END_LF : TRAILER_NAME;
        return byte === CR || TOKEN[byte] === 1;
      case TRAILER_NAME:
        if (byte === COLON) this.#state = TRAILER_VALUE;
        return byte === COLON || TOKEN[byte] === 1;
      case TRAILER_VALUE:
        if (byte === CR) this.#state = TRAILER_LF;
        return byte === CR || byte === SPACE || byte === TAB || FIELD_VALUE[byte] === 1;
      case TRAILER_LF:
        this.#state = TRAILER;
        return byte === LF;
      default:
        this.done = byte === LF;
        return byte === LF;
    }
  }
}

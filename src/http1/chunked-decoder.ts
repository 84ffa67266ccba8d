import type { Reason } from '../foundation/reason.ts';
import {
  COLON,
  CR,
  FIELD_VALUE,
  HEX_VALUE,
  LF,
  NOT_A_DIGIT,
  SEMICOLON,
  TOKEN,
} from './characters.ts';

/** What `read` answers when the framing is broken. */
export const BROKEN = -1;

/*
 *  SIZE ──;──► extension ┐           ┌── size > 0 ──► DATA ──► DATA_CR ──► DATA_LF ──► SIZE
 *    └────────CR─────────┴► SIZE_LF ─┤
 *                                    └── size = 0 ──► TRAILER ──► name ──► value ──► TRAILER_LF ──► TRAILER
 *                                                        └──CR──► END_LF ──► done
 *  The order is used: framing, then extensions, then trailers.
 */
const SIZE = 0;
const SIZE_LF = 1;
const DATA = 2;
const DATA_CR = 3;
const DATA_LF = 4;
const EXTENSION = 5;
const EXTENSION_NAME = 6;
const EXTENSION_EQUALS = 7;
const EXTENSION_VALUE = 8;
const QUOTED = 9;
const QUOTED_PAIR = 10;
const EXTENSION_END = 11;
const TRAILER = 12;
const TRAILER_NAME = 13;
const TRAILER_VALUE = 14;
const TRAILER_LF = 15;
const END_LF = 16;

/** Enough for 2^53-1 with room for leading zeros. */
const MAX_SIZE_DIGITS = 16;
/** What a peer can make lb read, and keep, besides data. */
const MAX_EXTENSION_BYTES = 256;
const MAX_TRAILER_BYTES = 16 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;

/**
 * Finds the data of a chunked body (RFC 9112 §7.1) in pieces cut anywhere. Every byte of framing is checked; extensions
 * are dropped, since lb frames anew what it forwards; the trailer section is kept as text, for whoever may pass it on.
 */
export class ChunkedDecoder {
  done = false;
  /** Where the data found by the last `read` lies. */
  dataStart = 0;
  dataEnd = 0;
  violation: Reason = 'bad_chunk_size';
  /** Field lines behind the last chunk, each with its CR LF; '' as a rule. */
  trailers = '';
  #state = SIZE;
  /** Size being read, then data bytes missing from the chunk. */
  #remaining = 0;
  #digits = 0;
  #extraBytes = 0;

  reset(): void {
    this.done = false;
    this.#state = SIZE;
    this.#remaining = 0;
    this.#digits = 0;
    this.#extraBytes = 0;
    this.trailers = '';
  }

  /** @returns where to go on, past the data found; or BROKEN (see `violation`). */
  read(buffer: Buffer, start: number, end: number): number {
    this.dataStart = start;
    this.dataEnd = start;
    let at = start;
    // One dispatch per byte of framing, a dozen per chunk; none per byte of data.
    while (at < end && !this.done) {
      const state = this.#state;
      if (state === DATA) return this.#takeData(at, end);
      if (!this.#framingByte(state, buffer[at]!)) {
        this.violation = violationIn(state);
        return BROKEN;
      }
      at++;
    }
    return at;
  }

  #takeData(start: number, end: number): number {
    const count = Math.min(end - start, this.#remaining);
    this.#remaining -= count;
    if (this.#remaining === 0) this.#state = DATA_CR;
    this.dataStart = start;
    this.dataEnd = start + count;
    return this.dataEnd;
  }

  /** @returns false when the byte may not stand there. */
  #framingByte(state: number, byte: number): boolean {
    if (state === SIZE) return this.#sizeByte(byte);
    if (state <= DATA_LF) return this.#lineByte(byte);
    const limit = state <= EXTENSION_END ? MAX_EXTENSION_BYTES : MAX_TRAILER_BYTES;
    if (++this.#extraBytes > limit) return false;
    if (state <= EXTENSION_END) return this.#extensionByte(byte);
    // Rare and short: a string that grows by a character does.
    const emptyLine = state === END_LF || (state === TRAILER && byte === CR);
    if (!emptyLine) this.trailers += String.fromCharCode(byte);
    return this.#trailerByte(byte);
  }

  #sizeByte(byte: number): boolean {
    const digit = HEX_VALUE[byte]!;
    if (digit === NOT_A_DIGIT) {
      if (this.#digits === 0 || (byte !== CR && byte !== SEMICOLON)) return false;
      this.#extraBytes = 0;
      this.#state = byte === CR ? SIZE_LF : EXTENSION;
      return true;
    }
    this.#remaining = this.#remaining * 16 + digit;
    return ++this.#digits <= MAX_SIZE_DIGITS && this.#remaining <= Number.MAX_SAFE_INTEGER;
  }

  /** The CR LF behind data and the LF behind a size. */
  #lineByte(byte: number): boolean {
    if (this.#state === DATA_CR) {
      this.#state = DATA_LF;
      return byte === CR;
    }
    if (this.#state === DATA_LF) this.#state = SIZE;
    else this.#state = this.#remaining === 0 ? TRAILER : DATA;
    this.#digits = 0;
    this.#extraBytes = 0;
    return byte === LF;
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
        return this.#afterExtensionToken(byte);
    }
  }

  #afterExtensionToken(byte: number): boolean {
    if (TOKEN[byte] === 1) return this.#state !== EXTENSION_END;
    if (byte === CR) this.#state = SIZE_LF;
    else if (byte === SEMICOLON) this.#state = EXTENSION;
    else if (byte === EQUALS && this.#state === EXTENSION_NAME) this.#state = EXTENSION_EQUALS;
    else return false;
    return true;
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
        return byte === CR || FIELD_VALUE[byte] === 1;
      case TRAILER_LF:
        this.#state = TRAILER;
        return byte === LF;
      default:
        this.done = byte === LF;
        return byte === LF;
    }
  }
}

function violationIn(state: number): Reason {
  if (state <= SIZE_LF) return 'bad_chunk_size';
  if (state <= DATA_LF) return 'bad_chunk_end';
  return state <= EXTENSION_END ? 'bad_chunk_extension' : 'bad_trailer';
}

import type { Reason } from '../foundation/reason.ts';
import { COLON, CR, FIELD_VALUE, LF, SPACE, TAB, TARGET, TOKEN } from './characters.ts';
import { FieldTable } from './field-table.ts';
import { mayBeginStatusLine, versionViolation } from './start-line.ts';

/** What `consume` answers when it has not reached the end of the head. */
export const MORE = -1;
export const FAILED = -2;

export interface HeadLimits {
  /** Whole head, from the first byte of the start line to the empty line. */
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly targetBytes: number;
}

/*
 *  request:   METHOD ─ TARGET ─ VERSION ┐                       ┌── VALUE ── VALUE_LF ──┐
 *                                       ├─ LINE ─ NAME ─ SPACES ┘                       │
 *  response:  VERSION ─ STATUS ─ PHRASE ┘   ▲ │                                         │
 *                                           └─┼─────────────────────────────────────────┘
 *                                             └─ END_LF ─ done
 */
const START = 0;
const METHOD = 1;
const TARGET_STATE = 2;
const VERSION = 3;
const LINE = 4;
const NAME = 5;
const SPACES = 6;
const VALUE = 7;
const VALUE_LF = 8;
const END_LF = 9;
const STATUS_VERSION = 10;
const STATUS = 11;
const PHRASE = 12;
const PHRASE_LF = 13;
const START_LF = 14;

const DIGIT_0 = 0x30;
/** Where the minor version stands in "HTTP/1.1". */
const MINOR_AT = 7;
const MAX_METHOD_BYTES = 32;
/** Empty lines tolerated before a request line; RFC 9112 §2.2 asks for at least one. */
const MAX_LEADING_LINES = 4;

/**
 * Reads one request or response head (RFC 9112 §3-§5), strictly: what two parsers could read differently is refused.
 *
 * Bytes arrive in pieces cut anywhere. A head that lies whole in one piece is read in place and not copied; otherwise
 * the pieces are gathered in a buffer of the parser's own, of at most `headerBytes`. Every byte is looked at once.
 * After success all offsets count from `base` in `bytes`, and stay valid until the bytes are overwritten or the next
 * `reset`. Nothing is thrown and, for a head in one piece, nothing allocated.
 */
export class HeadParser {
  readonly isResponse: boolean;
  #headerBytes = 0;
  #headerCount = 0;
  #targetBytes = 0;
  #state = START;
  /** Next byte to look at. */
  #at = 0;
  /** Start of the token being read. */
  #mark = 0;
  #leadingLines = 0;
  #gathered: Buffer | null = null;
  #gatheredBytes = 0;

  /** The field lines; their offsets count from where the head starts, too. */
  readonly fields = new FieldTable();
  /** Why `consume` failed. */
  violation: Reason = 'bad_line_end';
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minorVersion = 1;
  status = 0;

  constructor(kind: 'request' | 'response') {
    this.isResponse = kind === 'response';
  }

  /** Makes ready for the next head. */
  reset(limits: HeadLimits): void {
    this.#headerBytes = limits.headerBytes;
    this.#headerCount = limits.headerCount;
    this.#targetBytes = limits.targetBytes;
    this.#state = this.isResponse ? STATUS_VERSION : START;
    this.#at = 0;
    this.#mark = 0;
    this.#leadingLines = 0;
    this.#gathered = null;
    this.#gatheredBytes = 0;
    this.fields.reset();
    this.methodStart = 0;
  }

  get bytes(): Buffer {
    return this.fields.bytes;
  }

  get base(): number {
    return this.fields.base;
  }

  /** True once a byte of a head has been consumed and its end has not. */
  get started(): boolean {
    return this.#gatheredBytes > 0;
  }

  /**
   * @param buffer the next bytes are at [start, end); read only, not retained.
   * @returns where the head ends in `buffer`, or MORE (all bytes taken), or FAILED (see `violation`).
   */
  consume(buffer: Buffer, start: number, end: number): number {
    if (this.#gathered !== null) return this.#consumeGathered(buffer, start, end);
    this.fields.place(buffer, start);
    // As below: what lies further behind is not looked at, so the reason is the same wherever the head is cut.
    const reached = this.#parse(buffer, start, Math.min(end, start + this.#headerBytes + 1));
    if (reached === MORE) this.#gather(buffer, start, end);
    return reached;
  }

  #consumeGathered(buffer: Buffer, start: number, end: number): number {
    const before = this.#gatheredBytes;
    // One byte over the limit is enough to know that the head is too large.
    const taken = Math.min(end - start, this.#headerBytes + 1 - before);
    this.#gather(buffer, start, start + taken);
    const reached = this.#parse(this.bytes, 0, this.#gatheredBytes);
    if (reached < 0) return reached;
    return start + (reached - before);
  }

  #gather(buffer: Buffer, start: number, end: number): void {
    const total = this.#gatheredBytes + end - start;
    if (this.#gathered === null || this.#gathered.length < total) {
      const grown = Buffer.allocUnsafe(Math.max(1024, 2 * total));
      this.#gathered?.copy(grown, 0, 0, this.#gatheredBytes);
      this.#gathered = grown;
      this.fields.place(grown, 0);
    }
    buffer.copy(this.#gathered, this.#gatheredBytes, start, end);
    this.#gatheredBytes = total;
  }

  #fail(violation: Reason): number {
    this.violation = violation;
    return FAILED;
  }

  /** Remembers where to go on. The limits are checked here and at the end, so a head never outgrows them. */
  #pause(state: number, at: number, mark: number): number {
    this.#state = state;
    this.#at = at;
    this.#mark = mark;
    if (state === TARGET_STATE && at - mark > this.#targetBytes)
      return this.#fail('target_too_long');
    if (state === METHOD && at - mark > MAX_METHOD_BYTES) return this.#fail('bad_method');
    return at > this.#headerBytes ? this.#fail('header_too_large') : MORE;
  }

  // One loop over states, each a tight loop over one class of bytes: splitting it would put a call on every token.
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a state machine, drawn above
  #parse(bytes: Buffer, base: number, end: number): number {
    let state = this.#state;
    let at = base + this.#at;
    let mark = base + this.#mark;
    for (;;) {
      if (at >= end) return this.#pause(state, at - base, mark - base);
      switch (state) {
        case START: {
          const byte = bytes[at]!;
          if (byte === CR) {
            if (++this.#leadingLines > MAX_LEADING_LINES) return this.#fail('bad_method');
            at++;
            state = START_LF;
            continue;
          }
          if (byte === LF) return this.#fail('bad_line_end');
          mark = at;
          this.methodStart = at - base;
          state = METHOD;
          continue;
        }
        case START_LF:
          if (bytes[at] !== LF) return this.#fail('bad_line_end');
          at++;
          state = START;
          continue;
        case METHOD: {
          while (at < end && TOKEN[bytes[at]!] === 1) at++;
          if (at === end) continue;
          if (bytes[at] !== SPACE || at === mark || at - mark > MAX_METHOD_BYTES) {
            return this.#fail('bad_method');
          }
          this.methodEnd = at - base;
          at++;
          mark = at;
          state = TARGET_STATE;
          continue;
        }
        case TARGET_STATE: {
          while (at < end && TARGET[bytes[at]!] === 1) at++;
          if (at - mark > this.#targetBytes) return this.#fail('target_too_long');
          if (at === end) continue;
          const byte = bytes[at]!;
          if (byte !== SPACE || at === mark) {
            return this.#fail(byte === CR || byte === LF ? 'bad_version' : 'bad_target');
          }
          this.targetStart = mark - base;
          this.targetEnd = at - base;
          at++;
          mark = at;
          state = VERSION;
          continue;
        }
        case VERSION: {
          // "HTTP/1.1\r\n": compared byte by byte, so a wrong one is refused wherever the input is cut.
          const expectedEnd = mark + 10;
          while (at < end && at < expectedEnd) {
            const refusal = versionViolation(bytes[at]!, at - mark);
            if (refusal !== null) return this.#fail(refusal);
            at++;
          }
          if (at < expectedEnd) continue;
          this.minorVersion = bytes[mark + MINOR_AT]! - DIGIT_0;
          this.fields.start = at - base;
          state = LINE;
          continue;
        }
        case STATUS_VERSION: {
          const expectedEnd = mark + 9;
          while (at < end && at < expectedEnd) {
            if (!mayBeginStatusLine(bytes[at]!, at - mark)) return this.#fail('bad_status_line');
            at++;
          }
          if (at < expectedEnd) continue;
          this.minorVersion = bytes[mark + MINOR_AT]! - DIGIT_0;
          mark = at;
          this.status = 0;
          state = STATUS;
          continue;
        }
        case STATUS: {
          const byte = bytes[at]!;
          if (at - mark < 3) {
            const digit = byte - DIGIT_0;
            if (digit < 0 || digit > 9) return this.#fail('bad_status_line');
            this.status = this.status * 10 + digit;
            at++;
            continue;
          }
          // The phrase may be empty and its space with it: RFC 9112 §4 asks for the space, servers forget it.
          if (this.status < 100 || (byte !== SPACE && byte !== CR))
            return this.#fail('bad_status_line');
          state = PHRASE;
          continue;
        }
        case PHRASE:
          while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++;
          if (at === end) continue;
          if (bytes[at] !== CR) return this.#fail('bad_status_line');
          at++;
          state = PHRASE_LF;
          continue;
        case PHRASE_LF:
          if (bytes[at] !== LF) return this.#fail('bad_status_line');
          at++;
          this.fields.start = at - base;
          state = LINE;
          continue;
        case LINE: {
          const byte = bytes[at]!;
          if (byte === CR) {
            this.fields.end = at - base;
            at++;
            state = END_LF;
            continue;
          }
          if (byte === SPACE || byte === TAB) return this.#fail('folded_field');
          mark = at;
          state = NAME;
          continue;
        }
        case NAME: {
          while (at < end && TOKEN[bytes[at]!] === 1) at++;
          if (at === end) continue;
          const byte = bytes[at]!;
          if (byte !== COLON || at === mark) return this.#fail(nameViolation(byte));
          if (this.fields.count === this.#headerCount) return this.#fail('too_many_fields');
          this.fields.startField(bytes, mark, at);
          at++;
          state = SPACES;
          continue;
        }
        case SPACES:
          while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
          if (at === end) continue;
          mark = at;
          state = VALUE;
          continue;
        case VALUE: {
          while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++;
          if (at === end) continue;
          const byte = bytes[at]!;
          if (byte !== CR) return this.#fail(byte === LF ? 'bad_line_end' : 'bad_field_value');
          this.fields.endField(bytes, mark, at);
          at++;
          state = VALUE_LF;
          continue;
        }
        case VALUE_LF:
          if (bytes[at] !== LF) return this.#fail('bad_line_end');
          at++;
          state = LINE;
          continue;
        default:
          // END_LF
          if (bytes[at] !== LF) return this.#fail('bad_line_end');
          at++;
          return at - base > this.#headerBytes ? this.#fail('header_too_large') : at;
      }
    }
  }
}

function nameViolation(byte: number): Reason {
  if (byte === SPACE || byte === TAB) return 'space_before_colon';
  return byte === LF ? 'bad_line_end' : 'bad_field_name';
}

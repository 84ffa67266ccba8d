import { byteText } from './log-text.ts';

/** Up to this size bytes are copied rather than given away with their buffer. */
const SMALL_BYTES = 8 * 1024;
/** Whole numbers up to here are divided faster. */
const MAX_SMALL_INTEGER = 2 ** 30;

const ZERO = 0x30;
const POINT = 0x2e;
const COMMA = 0x2c;
const BRACE = 0x7b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Writes lines of JSON into one buffer, which grows when a line is longer than it.
 *
 * Hot: byte by byte, so that an access line makes no strings. To put one together and then write it takes as long, but
 * leaves 1.3 KiB to collect, which costs 3 % of a whole exchange (bench/micro/access-log.ts).
 */
export class LineWriter {
  length = 0;
  readonly #capacity: number;
  #buffer: Buffer;

  /** @param capacity bytes; up to there no larger buffer is needed. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Text that is known to be ASCII and safe where it goes. */
  ascii(text: string): void {
    const { length } = text;
    this.#reserve(length);
    const buffer = this.#buffer;
    const start = this.length;
    for (let index = 0; index < length; index++) buffer[start + index] = text.charCodeAt(index);
    this.length = start + length;
  }

  /** The inside of a JSON string, of bytes from a peer, one per character: escaped like `byteText`. */
  peerText(bytes: string): void {
    const { length } = bytes;
    this.#reserve(length);
    const buffer = this.#buffer;
    const start = this.length;
    for (let index = 0; index < length; index++) {
      const byte = bytes.charCodeAt(index);
      if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) {
        this.ascii(byteText(bytes)); // over what is written of it so far
        return;
      }
      buffer[start + index] = byte;
    }
    this.length = start + length;
  }

  integer(value: number): void {
    if (!(value >= 0 && value < MAX_SMALL_INTEGER)) {
      this.ascii(String(value));
      return;
    }
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    this.#reserve(digits);
    this.length += digits;
    let at = this.length;
    let rest = value | 0;
    for (let digit = 0; digit < digits; digit++) {
      const tenth = (rest / 10) | 0;
      this.#buffer[--at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
  }

  /** With three decimals, by way of whole microseconds. */
  milliseconds(ms: number): void {
    const microseconds = Math.round(ms * 1000);
    const whole = Math.floor(microseconds / 1000);
    this.integer(whole);
    this.#reserve(4);
    const thousandths = microseconds - 1000 * whole;
    const hundredths = (thousandths / 10) | 0;
    const tenths = (hundredths / 10) | 0;
    const at = this.length;
    this.#buffer[at] = POINT;
    this.#buffer[at + 1] = ZERO + tenths;
    this.#buffer[at + 2] = ZERO + hundredths - 10 * tenths;
    this.#buffer[at + 3] = ZERO + thousandths - 10 * hundredths;
    this.length = at + 4;
  }

  /** A copy of what is written from `start` on. */
  since(start: number): Uint8Array {
    return Uint8Array.from(this.#buffer.subarray(start, this.length));
  }

  /** Makes an object of the fields from `start` on, the first of which has a comma before it, if there is one. */
  begin(start: number): void {
    if (this.#buffer[start] !== COMMA) {
      this.#reserve(1);
      this.#buffer.copyWithin(start + 1, start, this.length);
      this.length++;
    }
    this.#buffer[start] = BRACE;
  }

  /** Gives away the first `length` bytes, and goes on with what is behind them. */
  take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    const rest = this.#buffer.subarray(length, this.length);
    this.length = rest.length;
    if (length <= SMALL_BYTES) {
      const copy = Buffer.from(taken);
      this.#buffer.set(rest);
      return copy;
    }
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(this.#capacity, rest.length));
    this.#buffer.set(rest);
    return taken;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    larger.set(this.#buffer.subarray(0, this.length));
    this.#buffer = larger;
  }
}

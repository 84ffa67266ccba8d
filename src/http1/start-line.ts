import type { Reason } from '../foundation/reason.ts';
import { CR, LF, SPACE } from './characters.ts';

/** "HTTP/1.1\r\n" and "HTTP/1.1 ", but for the digits. */
const REQUEST_END = [0x48, 0x54, 0x54, 0x50, 0x2f, 0, 0x2e, 0, CR, LF];
const STATUS_START = [0x48, 0x54, 0x54, 0x50, 0x2f, 0, 0x2e, 0, SPACE];
const MAJOR_AT = 5;
const MINOR_AT = 7;
const DIGIT_0 = 0x30;
const DIGIT_1 = 0x31;

/** @returns what is wrong with the byte at `index` of "HTTP/1.1\r\n", the end of a request line, or null. */
export function versionViolation(byte: number, index: number): Reason | null {
  if (index === MAJOR_AT || index === MINOR_AT) return digitViolation(byte, index);
  if (byte === REQUEST_END[index]) return null;
  return index > MINOR_AT && (byte === LF || byte === CR || index === 9)
    ? 'bad_line_end'
    : 'bad_version';
}

function digitViolation(byte: number, index: number): Reason | null {
  if (byte < DIGIT_0 || byte > 0x39) return 'bad_version';
  if (byte === DIGIT_1) return null;
  return index === MINOR_AT && byte === DIGIT_0 ? null : 'unsupported_version';
}

/** @returns whether the byte may stand at `index` of "HTTP/1.1 ", the start of a status line. */
export function mayBeginStatusLine(byte: number, index: number): boolean {
  if (index === MAJOR_AT) return byte === DIGIT_1;
  if (index === MINOR_AT) return byte === DIGIT_0 || byte === DIGIT_1;
  return byte === STATUS_START[index];
}

import { fieldId } from './field-names.ts';
import type { HeadParser } from './head-parser.ts';

export const INVALID = -1;

/**
 * Reads a Content-Length value: digits only, no sign, no list, no inner space. Anything two parsers
 * could read differently is how requests are smuggled (RFC 9110 §8.6, RFC 9112 §6.3).
 *
 * @param bytes header block; read only, not retained.
 * @param start offset of the first value byte, leading whitespace skipped.
 * @param end offset one past the last value byte, trailing whitespace cut.
 * @returns length in bytes, 0..2^53-1, or INVALID. Never throws: bad input is ordinary traffic.
 */
export function parseContentLength(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return INVALID;
  let length = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30; // at < end <= bytes.length
    if (digit < 0 || digit > 9) return INVALID;
    length = length * 10 + digit;
    if (length > Number.MAX_SAFE_INTEGER) return INVALID;
  }
  return length;
}

/** @returns the Content-Length of a parsed head that has one, or INVALID. */
export function contentLength(parser: HeadParser): number {
  const index = parser.indexOf(fieldId['content-length']);
  return parseContentLength(parser.bytes, parser.valueStart(index), parser.valueEnd(index));
}

/** "0005" is legal, and octal to some: such a Content-Length goes on as "5". */
export function isPadded(parser: HeadParser): boolean {
  const index = parser.indexOf(fieldId['content-length']);
  const start = parser.valueStart(index);
  return parser.bytes[start] === 0x30 && parser.valueEnd(index) - start > 1;
}

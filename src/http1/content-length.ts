import { fieldId } from './field-names.ts';
import type { FieldTable } from './field-table.ts';

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
export function contentLength(fields: FieldTable): number {
  const index = fields.indexOf(fieldId['content-length']);
  return parseContentLength(fields.bytes, fields.valueStart(index), fields.valueEnd(index));
}

/** "0005" is legal, and octal to some: such a Content-Length goes on as "5". */
export function isPadded(fields: FieldTable): boolean {
  const index = fields.indexOf(fieldId['content-length']);
  const start = fields.valueStart(index);
  return fields.bytes[start] === 0x30 && fields.valueEnd(index) - start > 1;
}

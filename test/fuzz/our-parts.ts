import type { FieldTable } from '../../src/http1/field-table.ts';

/** Small, so that the limits are met too; far below llhttp's own. */
export const LIMITS = { headerBytes: 1024, headerCount: 24, targetBytes: 256 };

/** More than any field needs; what lies there must never be looked at. */
const MARGIN_BYTES = 8;

/** A piece of an input between bytes that are not part of it: a parser that looks past its piece reads rubbish. */
export function scratchOf(
  bytes: Buffer,
  start: number,
  end: number,
): { buffer: Buffer; start: number; end: number } {
  const length = end - start;
  const buffer = Buffer.alloc(length + 2 * MARGIN_BYTES, 0x0d);
  bytes.copy(buffer, MARGIN_BYTES, start, end);
  return { buffer, start: MARGIN_BYTES, end: MARGIN_BYTES + length };
}

/** Names and values by turns. */
export function fieldsOf(fields: FieldTable): string[] {
  const found: string[] = [];
  for (let index = 0; index < fields.count; index++) {
    const name = fields.bytes.toString('latin1', fields.nameStart(index), fields.nameEnd(index));
    found.push(name, fields.valueText(index));
  }
  return found;
}

/** The same for a trailer section, which is kept as text. */
export function trailersOf(text: string): string[] {
  const lines = text.split('\r\n').slice(0, -1);
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
}

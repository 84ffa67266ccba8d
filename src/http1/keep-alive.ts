import { COMMA, SPACE } from './characters.ts';
import { INVALID, parseContentLength } from './content-length.ts';
import { equalsIgnoreCase, fieldId } from './field-names.ts';
import type { FieldTable } from './field-table.ts';

const TIMEOUT = new TextEncoder().encode('timeout=');

/**
 * Reads how long the sender keeps an idle connection (RFC 2068 §19.7.1.1): `Keep-Alive: timeout=5, max=100`.
 *
 * @param fields of a head that has the field.
 * @returns whole seconds, or INVALID when it does not say.
 */
export function keepAliveSeconds(fields: FieldTable): number {
  const { bytes } = fields;
  const index = fields.indexOf(fieldId['keep-alive']);
  const start = fields.valueStart(index);
  const end = fields.valueEnd(index);
  for (let at = start; at + TIMEOUT.length < end; at++) {
    const isMember = at === start || bytes[at - 1] === COMMA || bytes[at - 1] === SPACE;
    if (!isMember || !equalsIgnoreCase(bytes, at, TIMEOUT)) continue;
    const from = at + TIMEOUT.length;
    let to = from;
    while (to < end && bytes[to] !== COMMA && bytes[to] !== SPACE) to++;
    return parseContentLength(bytes, from, to);
  }
  return INVALID;
}

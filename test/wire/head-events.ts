import {
  BODY_CHUNKED,
  BODY_LENGTH,
  BODY_UNTIL_CLOSE,
  type BodyKind,
} from '../../src/http1/body-reader.ts';
import type { ConnectionOptions } from '../../src/http1/connection-options.ts';
import { HOP_BY_HOP } from '../../src/http1/copy-fields.ts';
import { fieldId } from '../../src/http1/field-names.ts';
import type { FieldTable } from '../../src/http1/field-table.ts';
import { visible } from './notation.ts';

/** One event per field line, in order. */
export function fieldEvents(fields: FieldTable): string[] {
  return Array.from({ length: fields.count }, (_, index) => {
    const name = fields.bytes.toString('latin1', fields.nameStart(index), fields.nameEnd(index));
    const value = fields.valueText(index);
    return visible(value === '' ? `field ${name}:` : `field ${name}: ${value}`);
  });
}

/** The fields that Connection takes out of the message, besides those that never pass a hop. */
export function nominationEvents({ nominated, nominatedNames }: ConnectionOptions): string[] {
  const known = Object.entries(fieldId)
    .filter(([, id]) => (nominated & ~HOP_BY_HOP & (1 << id)) !== 0)
    .map(([name]) => name);
  const others = nominatedNames.map((name) => visible(Buffer.from(name).toString('latin1')));
  const names = [...known, ...others];
  return names.length === 0 ? [] : [`nominated ${names.join(', ')}`];
}

export function bodyEvents(kind: BodyKind, length: number): string[] {
  if (kind === BODY_LENGTH) return [`body length ${length}`];
  if (kind === BODY_CHUNKED) return ['body chunked'];
  return kind === BODY_UNTIL_CLOSE ? ['body until close'] : [];
}

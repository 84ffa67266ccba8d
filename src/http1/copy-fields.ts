import type { ByteWriter } from '../foundation/byte-writer.ts';
import { equalsIgnoreCase, fieldSet, UNKNOWN_FIELD } from './field-names.ts';
import type { FieldTable } from './field-table.ts';

/** Fields about one connection, which never pass it (RFC 9110 §7.6.1); written anew where the next hop needs them. */
export const HOP_BY_HOP = fieldSet(
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
);

/**
 * Copies the field lines of a head, in order, but for those left out. Lines stay byte for byte as they came; without
 * anything to leave out the whole block is one copy.
 *
 * @param dropped known fields to leave out, one bit per id.
 * @param droppedNames other fields to leave out, in lower case.
 */
export function copyFields(
  out: ByteWriter,
  fields: FieldTable,
  dropped: number,
  droppedNames: readonly Uint8Array[],
): void {
  const start = fields.base + fields.start;
  const end = fields.base + fields.end;
  if ((fields.seen & dropped) === 0 && droppedNames.length === 0) {
    out.copy(fields.bytes, start, end);
    return;
  }
  let kept = start;
  for (let index = 0; index < fields.count; index++) {
    const id = fields.id(index);
    const leaveOut =
      id === UNKNOWN_FIELD ? isNamed(fields, index, droppedNames) : (dropped & (1 << id)) !== 0;
    if (!leaveOut) continue;
    const lineStart = fields.nameStart(index);
    if (lineStart > kept) out.copy(fields.bytes, kept, lineStart);
    kept = fields.lineEnd(index);
  }
  if (end > kept) out.copy(fields.bytes, kept, end);
}

function isNamed(fields: FieldTable, index: number, names: readonly Uint8Array[]): boolean {
  const start = fields.nameStart(index);
  const length = fields.nameEnd(index) - start;
  for (const name of names) {
    if (name.length === length && equalsIgnoreCase(fields.bytes, start, name)) {
      return true;
    }
  }
  return false;
}

import type { ByteWriter } from '../foundation/byte-writer.ts';
import { equalsIgnoreCase, fieldSet, UNKNOWN_FIELD } from './field-names.ts';
import type { HeadParser } from './head-parser.ts';

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
  parser: HeadParser,
  dropped: number,
  droppedNames: readonly Uint8Array[],
): void {
  const start = parser.base + parser.fieldsStart;
  const end = parser.base + parser.fieldsEnd;
  if ((parser.seen & dropped) === 0 && droppedNames.length === 0) {
    out.copy(parser.bytes, start, end);
    return;
  }
  let kept = start;
  for (let index = 0; index < parser.fieldCount; index++) {
    const id = parser.fieldId(index);
    const leaveOut =
      id === UNKNOWN_FIELD ? isNamed(parser, index, droppedNames) : (dropped & (1 << id)) !== 0;
    if (!leaveOut) continue;
    const lineStart = parser.nameStart(index);
    if (lineStart > kept) out.copy(parser.bytes, kept, lineStart);
    kept = parser.lineEnd(index);
  }
  if (end > kept) out.copy(parser.bytes, kept, end);
}

function isNamed(parser: HeadParser, index: number, names: readonly Uint8Array[]): boolean {
  const start = parser.nameStart(index);
  const length = parser.nameEnd(index) - start;
  for (const name of names) {
    if (name.length === length && equalsIgnoreCase(parser.bytes, start, name)) {
      return true;
    }
  }
  return false;
}

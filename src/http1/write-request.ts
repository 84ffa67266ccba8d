import type { ByteWriter } from '../foundation/byte-writer.ts';
import { BODY_CHUNKED, BODY_LENGTH } from './body-reader.ts';
import { isPadded } from './content-length.ts';
import { copyFields, HOP_BY_HOP } from './copy-fields.ts';
import { fieldSet } from './field-names.ts';
import type { HeadEdits } from './head-edits.ts';
import type { RequestHead } from './request-head.ts';

const CONTENT_LENGTH = fieldSet('content-length');
const HOST = fieldSet('host');
const QUESTION = 0x3f;

/** Fields that say through whom a request came; who may set them is decided per connection. */
export interface ForwardedFields {
  /** Known fields of the client's to leave out, one bit per id. */
  readonly dropped: number;
  /** Appends lb's own field lines. */
  write(out: ByteWriter, head: RequestHead): void;
}

/**
 * Writes the head that the backend gets: the client's request line and fields, without what ends at this hop, with
 * the route's edits, with lb's framing. Bytes that need no change are copied as they came.
 */
export function writeRequestHead(
  out: ByteWriter,
  head: RequestHead,
  edits: HeadEdits,
  forwarded: ForwardedFields,
): void {
  const { parser, connection } = head;
  writeRequestLine(out, head);
  let dropped = HOP_BY_HOP | forwarded.dropped | connection.nominated | edits.removed;
  const padded = head.bodyKind === BODY_LENGTH && isPadded(parser.fields);
  if (padded) dropped |= CONTENT_LENGTH;
  if (head.authority !== null) dropped |= HOST;
  copyFields(
    out,
    parser.fields,
    dropped,
    droppedNames(connection.nominatedNames, edits.removedNames),
  );
  if (head.authority !== null && (edits.removed & HOST) === 0)
    out.text(`Host: ${head.authority}\r\n`);
  if (padded) out.text(`Content-Length: ${head.bodyLength}\r\n`);
  if (head.bodyKind === BODY_CHUNKED) out.text('Transfer-Encoding: chunked\r\n');
  if (head.upgrade !== null) out.text(`Connection: upgrade\r\nUpgrade: ${head.upgrade}\r\n`);
  forwarded.write(out, head);
  if (edits.appended !== '') out.text(edits.appended);
  out.text('\r\n');
}

function writeRequestLine(out: ByteWriter, head: RequestHead): void {
  const { parser } = head;
  const { bytes, base } = parser;
  if (head.authority === null && parser.minorVersion === 1) {
    out.copy(bytes, base + parser.methodStart, base + parser.fields.start);
    return;
  }
  out.text(`${head.method} `);
  if (head.targetStart === head.targetEnd) out.text(head.path);
  else if (bytes[head.targetStart] === QUESTION) out.text('/');
  out.copy(bytes, head.targetStart, head.targetEnd);
  out.text(' HTTP/1.1\r\n');
}

function droppedNames(
  nominated: readonly Uint8Array[],
  removed: readonly Uint8Array[],
): readonly Uint8Array[] {
  if (nominated.length === 0) return removed;
  return removed.length === 0 ? nominated : [...nominated, ...removed];
}

import type { ByteWriter } from '../foundation/byte-writer.ts';
import { BODY_CHUNKED, BODY_LENGTH } from './body-reader.ts';
import { isPadded } from './content-length.ts';
import { copyFields, HOP_BY_HOP } from './copy-fields.ts';
import { fieldSet } from './field-names.ts';
import { appendedLines, type HeadEdits } from './head-edits.ts';
import type { RequestHead } from './request-head.ts';

const CONTENT_LENGTH = fieldSet('content-length');
const HOST = fieldSet('host');
const EXPECT = fieldSet('expect');
const MAX_FORWARDS = fieldSet('max-forwards');
const QUESTION = 0x3f;

/** Fields that say through whom a request came; who may set them is decided per connection. */
export interface ForwardedFields {
  /** Known fields of the client's to leave out, one bit per id. */
  readonly dropped: number;
  /** Appends lb's own field lines. @param edited known fields that the route sets or removes: they are left to it. */
  write(out: ByteWriter, head: RequestHead, edited: number): void;
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
  if (head.maxForwards > 0) dropped |= MAX_FORWARDS;
  // RFC 9110 §10.1.1: an expectation of HTTP/1.0 is to be ignored.
  if (parser.minorVersion === 0) dropped |= EXPECT;
  copyFields(
    out,
    parser.fields,
    dropped,
    droppedNames(connection.nominatedNames, edits.removedNames),
  );
  if ((edits.removed & HOST) === 0) writeHost(out, head);
  if (head.maxForwards > 0) out.text(`Max-Forwards: ${head.maxForwards - 1}\r\n`);
  if (padded) out.text(`Content-Length: ${head.bodyLength}\r\n`);
  if (head.bodyKind === BODY_CHUNKED) out.text('Transfer-Encoding: chunked\r\n');
  if (head.upgrade !== null || head.trailers) out.text(connectionLines(head));
  forwarded.write(out, head, edits.removed);
  const appended = appendedLines(edits, parser.minorVersion);
  if (appended !== '') out.text(appended);
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

/** Host where the client's own does not go on: an absolute-form target stands above it, and HTTP/1.0 may have none. */
function writeHost(out: ByteWriter, head: RequestHead): void {
  if (head.authority !== null) out.text(`Host: ${head.authority}\r\n`);
  else if ((head.parser.fields.seen & HOST) === 0) out.text('Host: localhost\r\n');
}

/** What this hop asks of the next: RFC 9110 §7.8 and §10.1.4 want both named in Connection. */
function connectionLines({ upgrade, trailers }: RequestHead): string {
  if (upgrade === null) return 'Connection: TE\r\nTE: trailers\r\n';
  const line = `Upgrade: ${upgrade}\r\n`;
  return trailers
    ? `Connection: upgrade, TE\r\n${line}TE: trailers\r\n`
    : `Connection: upgrade\r\n${line}`;
}

function droppedNames(
  nominated: readonly Uint8Array[],
  removed: readonly Uint8Array[],
): readonly Uint8Array[] {
  if (nominated.length === 0) return removed;
  return removed.length === 0 ? nominated : [...nominated, ...removed];
}

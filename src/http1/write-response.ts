import type { ByteWriter } from '../foundation/byte-writer.ts';
import { BODY_LENGTH } from './body-reader.ts';
import { isPadded } from './content-length.ts';
import { copyFields, HOP_BY_HOP } from './copy-fields.ts';
import { fieldSet } from './field-names.ts';
import { appendedLines, type HeadEdits } from './head-edits.ts';
import type { ResponseHead } from './response-head.ts';

const CONTENT_LENGTH = fieldSet('content-length');
const CR = 0x0d;
/** Bytes of "HTTP/1.1 " and of "HTTP/1.1 200". */
const STATUS_AT = 9;
const PHRASE_AT = 12;

/**
 * Writes the head that the client gets: the backend's status line and fields, without what ends at this hop, with the
 * route's edits and with `framing`, the lines that say how this hop ends the body and whether it stays open.
 */
export function writeResponseHead(
  out: ByteWriter,
  head: ResponseHead,
  edits: HeadEdits,
  framing: string,
): void {
  const { parser, connection, status } = head;
  const { bytes, base } = parser;
  out.text('HTTP/1.1 ');
  const withoutPhrase = bytes[base + PHRASE_AT] === CR;
  if (withoutPhrase) out.text(`${status} \r\n`);
  else out.copy(bytes, base + STATUS_AT, base + parser.fields.start);
  let dropped = HOP_BY_HOP | connection.nominated | edits.removed;
  const padded = head.bodyKind === BODY_LENGTH && isPadded(parser.fields);
  // RFC 9110 §8.6: no Content-Length in 1xx and 204.
  if (padded || status < 200 || status === 204) dropped |= CONTENT_LENGTH;
  const { nominatedNames } = connection;
  const { removedNames } = edits;
  const names = nominatedNames.length === 0 ? removedNames : [...nominatedNames, ...removedNames];
  copyFields(out, parser.fields, dropped, names);
  if (padded) out.text(`Content-Length: ${head.bodyLength}\r\n`);
  if (framing !== '') out.text(framing);
  const appended = appendedLines(edits, parser.minorVersion);
  if (appended !== '') out.text(appended);
  out.text('\r\n');
}

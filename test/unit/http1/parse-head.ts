import { ByteWriter } from '../../../src/foundation/byte-writer.ts';
import { type HeadLimits, HeadParser } from '../../../src/http1/head-parser.ts';
import { RequestHead } from '../../../src/http1/request-head.ts';
import { ResponseHead } from '../../../src/http1/response-head.ts';

const LIMITS: HeadLimits = { headerBytes: 65_536, headerCount: 1000, targetBytes: 8192 };

/** Bytes before a head in its buffer, so that no test passes because offsets begin at 0. */
const BEFORE = 'Host: not-this-one\r\n\r\n';

/** Feeds one whole head to a parser, whatever it was fed before. */
export function parse(parser: HeadParser, text: string): void {
  const buffer = Buffer.from(`${BEFORE}${text}behind`, 'latin1');
  const end = BEFORE.length + text.length;
  parser.reset(LIMITS);
  const reached = parser.consume(buffer, BEFORE.length, buffer.length);
  if (reached !== end) throw new Error(`Not one whole head (${parser.violation}): ${text}`);
}

/** Lines of a head, each with its CR LF, and the empty line. */
export function headText(...lines: readonly string[]): string {
  return [...lines, '', ''].join('\r\n');
}

/** A request head that must be acceptable. */
export function parseRequest(text: string): RequestHead {
  const head = new RequestHead(new HeadParser('request'));
  parse(head.parser, text);
  const refusal = head.read();
  if (refusal !== null) throw new Error(`Refused as ${refusal}: ${text}`);
  return head;
}

/** A response head that must be acceptable, as the answer to a request of this method. */
export function parseResponse(text: string, method = 'GET'): ResponseHead {
  const head = new ResponseHead(new HeadParser('response'));
  parse(head.parser, text);
  const violation = head.read(method);
  if (violation !== null) throw new Error(`Refused for ${violation}: ${text}`);
  return head;
}

/** What `write` appends, behind something that has been written before. */
export function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter(131_072);
  out.text('before');
  write(out);
  return out.buffer.toString('latin1', 0, out.length).slice('before'.length);
}

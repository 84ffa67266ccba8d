import { HeadParser } from '../../../src/http1/head-parser.ts';
import { RequestHead } from '../../../src/http1/request-head.ts';

const limits = { headerBytes: 65_536, headerCount: 1000, targetBytes: 65_536 };

/** A request head, read as from the wire; `lines` are what stands before the empty line. */
export function readHead(...lines: readonly string[]): RequestHead {
  const bytes = Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');
  const head = new RequestHead(new HeadParser('request'));
  head.parser.reset(limits);
  const end = head.parser.consume(bytes, 0, bytes.length);
  if (end !== bytes.length) throw new Error(`Cannot read the head: ${head.parser.violation}`);
  const refusal = head.read();
  if (refusal !== null) throw new Error(`Cannot use the head: ${refusal}`);
  return head;
}

/** A plain GET with these fields beside Host. */
export const getWith = (...fields: readonly string[]): RequestHead =>
  readHead('GET / HTTP/1.1', 'Host: shop.test:8080', ...fields);

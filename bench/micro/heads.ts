import { type HeadLimits, HeadParser } from '../../src/http1/head-parser.ts';
import { RequestHead } from '../../src/http1/request-head.ts';
import { ResponseHead } from '../../src/http1/response-head.ts';

// The heads that the benchmarks of reading and of rewriting share.

export const headLimits: HeadLimits = { headerBytes: 65_536, headerCount: 100, targetBytes: 8192 };

const headOf = (...lines: readonly string[]) =>
  Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');

export const smallRequest = headOf(
  'GET /v1/users/1234 HTTP/1.1',
  'Host: api.example.com',
  'Accept: */*',
);
/** 15 fields, cookies among them. */
export const browserRequest = headOf(
  'GET /catalogue/shoes?page=3 HTTP/1.1',
  'Host: shop.example.com',
  'Connection: keep-alive',
  'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Linux"',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: application/json, text/plain, */*',
  'X-Requested-With: XMLHttpRequest',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-Mode: cors',
  'Sec-Fetch-Dest: empty',
  'Referer: https://shop.example.com/catalogue/shoes?page=2&sort=price',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Cookie: session=3f1c9a7be2d84c55a0b6f7d1e9c24a18; _ga=GA1.1.1203948572.1712345678; theme=dark; consent=no',
);
export const response = headOf(
  'HTTP/1.1 200 OK',
  'Server: nginx',
  'Date: Sun, 01 Feb 2026 10:00:00 GMT',
  'Content-Type: application/json',
  'Content-Length: 128',
  'Connection: keep-alive',
);

/** A request head that was read; throws where lb would refuse it. */
export function readRequest(bytes: Buffer): RequestHead {
  const head = new RequestHead(new HeadParser('request'));
  const refusal = parse(head.parser, bytes) ?? head.read();
  if (refusal !== null) throw new Error(`Cannot measure: refused for ${refusal}`);
  return head;
}

/** The same for a response to a GET. */
export function readResponse(bytes: Buffer): ResponseHead {
  const head = new ResponseHead(new HeadParser('response'));
  const violation = parse(head.parser, bytes) ?? head.read('GET');
  if (violation !== null) throw new Error(`Cannot measure: refused for ${violation}`);
  return head;
}

function parse(parser: HeadParser, bytes: Buffer): string | null {
  parser.reset(headLimits);
  return parser.consume(bytes, 0, bytes.length) === bytes.length ? null : parser.violation;
}

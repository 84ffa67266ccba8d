import fc from 'fast-check';

/** What a client sends on one connection. */
export interface RequestStream {
  /** One character per byte. */
  readonly bytes: string;
  /** Offsets at which the bytes are cut into writes, ascending. */
  readonly cuts: readonly number[];
  /** It says FIN behind its bytes; otherwise it just falls silent. */
  readonly ends: boolean;
}

interface Parts {
  readonly line: string;
  readonly fields: readonly string[];
  /** With its framing. */
  readonly body: string;
}

type Edit = (parts: Parts) => Parts;

const HOST = 'Host: lb.test';
/** Inside a body: a proxy or backend that loses count takes it for a request of its own. */
const INNER = 'GET /smuggled HTTP/1.1\r\nHost: lb.test\r\n\r\n';

const counted = (line: string, body: string): Parts => ({
  line,
  fields: [HOST, `Content-Length: ${body.length}`],
  body,
});

const chunked = (line: string, chunks: readonly string[], last = '0\r\n\r\n'): Parts => ({
  line,
  fields: [HOST, 'Transfer-Encoding: chunked'],
  body: chunks.map((data) => `${data.length.toString(16)}\r\n${data}\r\n`).join('') + last,
});

/** Requests that lb has to take as they are. */
const corpus: readonly Parts[] = [
  { line: 'GET /plain?q=1 HTTP/1.1', fields: [HOST], body: '' },
  { line: 'HEAD /head HTTP/1.1', fields: [HOST, 'Accept: */*'], body: '' },
  { line: 'OPTIONS * HTTP/1.1', fields: [HOST], body: '' },
  { line: 'DELETE /a/../b//c%2F HTTP/1.1', fields: ['X-Empty:', HOST], body: '' },
  { line: 'GET http://lb.test/absolute HTTP/1.1', fields: [HOST], body: '' },
  { line: 'GET /old HTTP/1.0', fields: [HOST, 'Connection: keep-alive'], body: '' },
  { line: 'GET /hop HTTP/1.1', fields: [HOST, 'Connection: x-hop', 'X-Hop: 1'], body: '' },
  counted('POST /counted HTTP/1.1', 'twelve bytes'),
  counted('POST /empty HTTP/1.1', ''),
  counted('PUT /inner HTTP/1.1', INNER),
  chunked('POST /chunked HTTP/1.1', ['hello', ' ', 'world']),
  chunked('POST /chunked/inner HTTP/1.1', [INNER, '0\r\n\r\n']),
  chunked('PATCH /trailer HTTP/1.1', ['x'.repeat(300)], '0;last\r\nX-Sum: 1\r\n\r\n'),
];

/** Lines that some parser somewhere takes for framing, routing or another line. */
const oddLines = [
  'Content-Length: 0',
  'Content-Length: 4',
  'Content-Length: 12',
  'Content-Length: +12',
  'Content-Length: -1',
  'Content-Length: 012',
  'Content-Length: 0xc',
  'Content-Length: 1 2',
  'Content-Length: 12, 12',
  'Content-Length: 12,',
  'Content-Length:',
  'Content-Length : 12',
  'Content-Length: 18446744073709551628',
  'Content_Length: 4',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding: chunked ',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding:',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding\x00: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'X: y\r\n Transfer-Encoding: chunked',
  'X: y\n\nGET /smuggled HTTP/1.1',
  `X: y\r\n\r\n${INNER}`,
  'Connection: content-length',
  'Connection: transfer-encoding, host, x-forwarded-for',
  'Connection: close',
  'Connection: keep-alive, upgrade',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABkAAQAAP__',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Host: lb.test',
  'Host: other.test',
  'X-Forwarded-For: 127.9.9.9',
  'Trailer: Content-Length',
  'TE: trailers',
  ': empty',
  'no colon',
  '',
];

const oddRequestLines = [
  'GET /plain HTTP/1.0',
  'GET /plain HTTP/2.0',
  'GET /plain HTTP/1.1 ',
  'GET  /plain HTTP/1.1',
  'GET\t/plain HTTP/1.1',
  'GET /pl ain HTTP/1.1',
  'GET /plain',
  'get /plain http/1.1',
  'GET plain HTTP/1.1',
  'GET /plain#part HTTP/1.1',
  'GET http://other.test/ HTTP/1.1',
  'GET http://lb.test?q HTTP/1.1',
  'CONNECT lb.test:443 HTTP/1.1',
  'PRI * HTTP/2.0',
  'G\x00T /plain HTTP/1.1',
  '\r\nGET /after/empty/line HTTP/1.1',
];

/** Chunk framing that parsers have read in more than one way. */
const oddChunks = [
  '5;a=b\r\nhello\r\n0\r\n\r\n',
  '5;a="\r\n"\r\nhello\r\n0\r\n\r\n',
  '005\r\nhello\r\n0\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  ' 5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '+5\r\nhello\r\n0\r\n\r\n',
  '-1\r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  '5\r\nhello0\r\n\r\n',
  '5\r\nhelloXX0\r\n\r\n',
  '5;\nx\r\nhello\r\n0\r\n\r\n',
  '100000000000000005\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n',
  '5\r\nhello\r\n0\r\n folded\r\n\r\n',
  '5\r\nhello\r\n00\r\n\r\n',
  '5\r\nhello\r\n\r\n0\r\n\r\n',
  `0\r\n\r\n${INNER}`,
];

const addField: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom(...oddLines), fc.nat(3))
  .map(([line, at]) => (parts) => ({ ...parts, fields: parts.fields.toSpliced(at, 0, line) }));

const replaceField: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom(...oddLines), fc.nat(1))
  .map(([line, at]) => (parts) => ({
    ...parts,
    fields: parts.fields.with(at % parts.fields.length, line),
  }));

const replaceLine: fc.Arbitrary<Edit> = fc
  .constantFrom(...oddRequestLines)
  .map((line) => (parts) => ({ ...parts, line }));

const replaceChunks: fc.Arbitrary<Edit> = fc
  .constantFrom(...oddChunks)
  .map((body) => (parts) => ({ ...chunked(parts.line, []), body }));

const request: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.oneof(
      { weight: 16, arbitrary: fc.constant<Edit>((parts) => parts) },
      { weight: 3, arbitrary: addField },
      { weight: 1, arbitrary: replaceField },
      { weight: 1, arbitrary: replaceLine },
      { weight: 2, arbitrary: replaceChunks },
    ),
  )
  .map(([parts, edit]) => serialise(edit(parts)));

function serialise({ line, fields, body }: Parts): string {
  return `${[line, ...fields].join('\r\n')}\r\n\r\n${body}`;
}

const position = fc.nat(0xffff);
const oddBytes = ['\0', '\t', '\n', '\r', '\r\n', ' ', ',', ':', ';', '0', 'a', '\x7f', '\xff'];

/** A change that knows nothing of HTTP. */
const byteEdit: fc.Arbitrary<(bytes: string) => string> = fc.oneof(
  fc.tuple(position, fc.constantFrom(...oddBytes)).map(([at, text]) => (bytes: string) => {
    const start = at % bytes.length;
    return bytes.slice(0, start) + text + bytes.slice(start);
  }),
  fc.tuple(position, fc.integer({ min: 1, max: 20 })).map(([at, count]) => (bytes: string) => {
    const start = at % bytes.length;
    return bytes.slice(0, start) + bytes.slice(start + count);
  }),
  fc.tuple(position, fc.integer({ min: 1, max: 60 })).map(([at, count]) => (bytes: string) => {
    const start = at % bytes.length;
    return bytes.slice(0, start + count) + bytes.slice(start);
  }),
  position.map((at) => (bytes: string) => bytes.slice(0, 1 + (at % bytes.length))),
);

const noEdit = fc.constant((bytes: string) => bytes);

/** Pipelined requests, some of them changed, cut anywhere. */
export const requestStream: fc.Arbitrary<RequestStream> = fc
  .tuple(
    fc.array(request, { minLength: 1, maxLength: 5 }),
    fc.oneof({ weight: 2, arbitrary: noEdit }, { weight: 1, arbitrary: byteEdit }),
    fc.array(position, { maxLength: 4 }),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([requests, edit, cuts, ending]) => {
    const bytes = edit(requests.join(''));
    const offsets = cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b);
    return { bytes, cuts: offsets, ends: ending > 0 };
  });

/** A message with Host and CR LF behind every line; `lines` are what is special about it. */
function post(lines: readonly string[], body = ''): string {
  return ['POST /form HTTP/1.1', 'Host: example.test', ...lines, '', body].join('\r\n');
}

function get(target: string, ...lines: readonly string[]): string {
  return [`GET ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

function chunked(body: string): string {
  return post(['Transfer-Encoding: chunked'], body);
}

/** A head of its own behind whatever is in dispute: what a smuggler wants to be seen by one side only. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: inner.test\r\n\r\n';
const WHOLE_CHUNKS = '5\r\nhello\r\n0\r\n\r\n';

export const validRequests: readonly string[] = [
  get('/', 'Host: example.test'),
  get('/a/b;c?d=e&f=%20', 'Host: Example.Test:8080', 'Accept: */*', 'Cookie: a=b; c=d'),
  get('/', 'Host:example.test', 'X-Empty:', 'X-Spaced: \t a  b \t', 'X-Text: \x80\xff'),
  get('/', 'Host: [::1]:80', 'User-Agent: fuzz'),
  get('/', 'Host:', 'Connection: close'),
  get('http://example.test/absolute?x', 'Host: example.test'),
  get('http://Example.Test:80', 'Host: example.test:80'),
  'GET /old HTTP/1.0\r\n\r\n',
  'GET /old HTTP/1.0\r\nConnection: keep-alive\r\nHost: example.test\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: example.test\r\nMax-Forwards: 3\r\n\r\n',
  'HEAD /head HTTP/1.1\r\nHost: example.test\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: example.test\r\nMax-Forwards: 0\r\n\r\n',
  '\r\n\r\nDELETE /after-empty-lines HTTP/1.1\r\nHost: example.test\r\n\r\n',
  post(['Content-Length: 5'], 'hello'),
  post(['Content-Length: 0005'], 'hello'),
  post(['Content-Length: 0']),
  post(['Content-Length: 12', 'Expect: 100-continue'], 'hello, world'),
  post([`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
  chunked(WHOLE_CHUNKS),
  chunked('0\r\n\r\n'),
  chunked('00000005\r\nhello\r\n000\r\n\r\n'),
  chunked('a\r\n0123456789\r\nB\r\nhello\r\n0\r\n\r\r\n0\r\n\r\n'),
  chunked('5;name=value;flag;quoted="a;b\\"c"\r\nhello\r\n0;last\r\n\r\n'),
  chunked('5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Empty:\r\n\r\n'),
  chunked(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  post(['transfer-encoding:CHUNKED', 'TE: trailers', 'Trailer: X-Sum'], WHOLE_CHUNKS),
  get('/ws', 'Host: example.test', 'Connection: Upgrade', 'Upgrade: websocket'),
  get('/ws', 'Host: example.test', 'Connection: keep-alive, upgrade', 'Upgrade: h2c'),
  get('/', 'Host: example.test', 'Connection: X-Hop, close', 'X-Hop: 1'),
];

export const dubiousRequests: readonly string[] = [
  // White space and what only looks like it.
  post(['Transfer-Encoding: chunked\t'], WHOLE_CHUNKS),
  post(['Transfer-Encoding: chunked\xa0'], WHOLE_CHUNKS),
  post(['Content-Length:\t5\t'], 'hello'),
  post(['Content-Length: \xa05'], 'hello'),
  'GET / HTTP/1.0\r\nConnection: \xa0keep-alive\r\n\r\n',
  // Length and chunks together, repeated, spelled so that one side might overlook them.
  post(['Content-Length: 5', 'Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  post(['Transfer-Encoding: chunked', 'Content-Length: 4'], WHOLE_CHUNKS),
  post(['Content-Length: 5', 'Content-Length: 6'], 'hello!'),
  post(['Content-Length: 5', 'Content-Length: 5'], 'hello'),
  post(['Content-Length: 5, 5'], 'hello'),
  ...[
    '+5',
    '-0',
    '5 ',
    ' 5',
    '0x5',
    '5a',
    '',
    '5 5',
    '9007199254740992',
    '18446744073709551621',
  ].map((length) => post([`Content-Length: ${length}`], 'hello')),
  ...[
    'xchunked',
    'chunked, chunked',
    'gzip, chunked',
    'chunked, gzip',
    'identity',
    '',
    'chunked,',
  ].map((coding) => post([`Transfer-Encoding: ${coding}`], WHOLE_CHUNKS)),
  ...[
    ',chunked',
    '"chunked"',
    'chunked;q=1',
    '\x0bchunked',
    'chun ked',
    'gzip',
    'chunked, identity',
  ].map((coding) => post([`Transfer-Encoding: ${coding}`], WHOLE_CHUNKS)),
  post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], WHOLE_CHUNKS),
  post(['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  post(['Transfer-Encoding : chunked'], WHOLE_CHUNKS),
  post(['Transfer_Encoding: chunked', 'Content-Length: 5'], 'hello'),
  post([' Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  post(['X: y', ' Content-Length: 5'], 'hello'),
  post(['X: y\r', 'Content-Length: 5'], 'hello'),
  post(['X: y\nContent-Length: 5'], 'hello'),
  post(['X: y\x00z'], SMUGGLED),
  post(['Transfer-Encoding:\x00chunked'], WHOLE_CHUNKS),
  post(['X: y\r\n\tfolded: z'], SMUGGLED),
  post(['Bad Name: y'], SMUGGLED),
  post([': nameless'], SMUGGLED),
  post(['colonless'], SMUGGLED),
  'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  post(['Connection: Content-Length', 'Content-Length: 5'], 'hello'),
  // Chunk framing.
  ...[
    '5 ',
    ' 5',
    '+5',
    '-5',
    '0x5',
    '5;',
    '5;=x',
    '5; a',
    '5;a="',
    '5;a=b=c',
    '5;a b',
    ';a',
    '5\t',
    'g',
  ].map((size) => chunked(`${size}\r\nhello\r\n0\r\n\r\n`)),
  ...[
    'ffffffffffffffff',
    '10000000000000005',
    '00000000000000005',
    '20000000000000',
    '1fffffffffffff',
  ].map((size) => chunked(`${size}\r\nhello\r\n0\r\n\r\n`)),
  chunked('5\nhello\r\n0\r\n\r\n'),
  chunked('5\r\nhello\n0\r\n\r\n'),
  chunked('5\r\nhelloX\r\n0\r\n\r\n'),
  chunked('5\r\nhello0\r\n\r\n'),
  chunked('5;a\nb\r\nhello\r\n0\r\n\r\n'),
  chunked('5;a="\n0\r\n\r\n"\r\nhello\r\n0\r\n\r\n'),
  chunked('5\r\nhello\r\n0\r\n\n'),
  chunked('5\r\nhello\r\n0\r\nBad Trailer: x\r\n\r\n'),
  chunked('5\r\nhello\r\n0\r\n folded\r\n\r\n'),
  chunked('5\r\nhello\r\n0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'),
  chunked('5\r\nhello\r\n0\r\nHost: inner.test\r\n\r\n'),
  chunked(`5;${'e'.repeat(300)}\r\nhello\r\n0\r\n\r\n`),
  // Targets and hosts.
  get('/', 'Host: a', 'Host: b'),
  get('/'),
  get('http://a.test/', 'Host: b.test'),
  get('http://user@a.test/', 'Host: a.test'),
  get('https://a.test?query', 'Host: a.test'),
  get('ftp://a.test/', 'Host: a.test'),
  get('/#fragment', 'Host: a'),
  get('/\x80', 'Host: a'),
  get('/', 'Host: a/b'),
  get('/', 'Host: a:b'),
  get('/', 'Host: a, b'),
  get('*', 'Host: a'),
  'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n',
  get('//a.test/', 'Host: a'),
  // Start lines and line ends.
  'GET  / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /  HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1 \r\nHost: a\r\n\r\n',
  'GET / HTTP/2.0\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.2\r\nHost: a\r\n\r\n',
  'GET / http/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.10\r\nHost: a\r\n\r\n',
  'GET /\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'get / HTTP/1.1\r\nHost: a\r\n\r\n',
  'G@T / HTTP/1.1\r\nHost: a\r\n\r\n',
  '\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1\nHost: a\n\n',
  'GET / HTTP/1.1\r\nHost: a\r\rX: y\r\n\r\n',
  // Limits.
  get(`/${'t'.repeat(300)}`, 'Host: a'),
  get('/', 'Host: a', `X: ${'v'.repeat(1100)}`),
  get('/', 'Host: a', ...Array.from({ length: 30 }, (_, index) => `X-${index}: ${index}`)),
  `${'M'.repeat(40)} / HTTP/1.1\r\nHost: a\r\n\r\n`,
];

function answer(status: string, lines: readonly string[], body = ''): string {
  return [`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n');
}

const INTERIM = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';

export const validResponses: readonly string[] = [
  answer('200 OK', ['Content-Length: 5', 'Server: fuzz'], 'hello'),
  answer('200 OK', ['Content-Length: 0']),
  answer('200 ', ['Content-Length: 2'], 'ok'),
  answer('200', ['Content-Length: 2'], 'ok'),
  answer('200 OK \x80', ['Content-Length: 0005'], 'hello'),
  answer('200 OK', ['Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  answer('200 OK', ['Transfer-Encoding: Chunked'], '5;a="b"\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n'),
  answer('200 OK', ['X: until the end'], 'until the end'),
  answer('200 OK', ['Connection: close'], 'until the end'),
  'HTTP/1.0 200 OK\r\n\r\nuntil the end',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  answer('204 No Content', []),
  answer('204 No Content', ['Content-Length: 5'], 'hello'),
  answer('204 No Content', ['Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  answer('304 Not Modified', ['Content-Length: 5', 'ETag: "x"']),
  answer('304 Not Modified', ['Transfer-Encoding: chunked']),
  answer('205 Reset Content', ['Content-Length: 0']),
  answer('301 Moved', ['Location: /b', 'Content-Length: 3'], 'abc'),
  answer('500 Oops', ['Content-Length: 5'], 'hell'),
  answer('599 Odd', ['Content-Length: 1'], 'x'),
  answer('999 Odder', ['Content-Length: 1'], 'x'),
  'HTTP/1.1 100 Continue\r\n\r\n',
  answer('102 Processing', ['Content-Length: 5']),
  answer('100 Continue', ['Transfer-Encoding: chunked']),
  `${INTERIM}${answer('200 OK', ['Content-Length: 5'], 'hello')}`,
  `${INTERIM}${INTERIM}${answer('200 OK', ['Transfer-Encoding: chunked'], WHOLE_CHUNKS)}`,
  `HTTP/1.1 100 Continue\r\n\r\n${answer('404 No', [], 'gone')}`,
  answer('101 Switching Protocols', ['Connection: Upgrade', 'Upgrade: websocket'], '\x81\x02hi'),
  answer('101 Switching Protocols', ['Upgrade: websocket'], '\x81\x02hi'),
  answer('101 Switching Protocols', [], 'raw'),
  answer(
    '101 Switching Protocols',
    ['Connection: Upgrade', 'Upgrade: x', 'Content-Length: 3'],
    'raw',
  ),
  answer('200 OK', ['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2'], 'ok'),
];

export const dubiousResponses: readonly string[] = [
  // White space and what only looks like it.
  answer('101 Switching Protocols', ['Connection: \xa0Upgrade', 'Upgrade: websocket'], 'raw'),
  answer('101 Switching Protocols', ['Connection: Upgrade', 'Upgrade:'], 'raw'),
  answer('200 OK', ['Transfer-Encoding:\tchunked'], WHOLE_CHUNKS),
  answer('200 OK', ['Transfer-Encoding: chunked\t'], WHOLE_CHUNKS),
  answer('200 OK', ['Transfer-Encoding: \xa0chunked'], WHOLE_CHUNKS),
  // Framing in dispute.
  answer('200 OK', ['Content-Length: 5', 'Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  answer('200 OK', ['Content-Length: 5', 'Content-Length: 6'], 'hello!'),
  answer('200 OK', ['Content-Length: 5, 5'], 'hello'),
  ...['+5', '5 5', '0x5', '', '-1', '9007199254740993'].map((length) =>
    answer('200 OK', [`Content-Length: ${length}`], 'hello'),
  ),
  ...['gzip', 'gzip, chunked', 'chunked, gzip', 'identity', 'chunked, chunked', ''].map((coding) =>
    answer('200 OK', [`Transfer-Encoding: ${coding}`], WHOLE_CHUNKS),
  ),
  answer('200 OK', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], WHOLE_CHUNKS),
  answer('200 OK', ['Transfer-Encoding : chunked'], WHOLE_CHUNKS),
  answer('200 OK', ['X: y', ' folded: z', 'Content-Length: 2'], 'ok'),
  answer('200 OK', ['X: y\nContent-Length: 5'], 'hello'),
  answer('200 OK', ['X: y\rContent-Length: 5'], 'hello'),
  answer('200 OK', ['X: y\x00', 'Content-Length: 5'], 'hello'),
  answer('200 OK', ['Bad Name: y'], 'hello'),
  answer('200 OK', ['colonless'], 'hello'),
  ...['5 ', ' 5', '+5', '5;', '5; a', '5\n', 'ffffffffffffffff', '5;a\n'].map((size) =>
    answer('200 OK', ['Transfer-Encoding: chunked'], `${size}\r\nhello\r\n0\r\n\r\n`),
  ),
  answer('200 OK', ['Transfer-Encoding: chunked'], '5\r\nhelloX\r\n0\r\n\r\n'),
  answer('200 OK', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\nbad\r\n\r\n'),
  // Status lines.
  ...['20 OK', '2000 OK', '099 Low', '000 Zero', '2x0 OK', ' 200 OK', '200\tOK', '200 a\x00b'].map(
    (status) => answer(status, ['Content-Length: 2'], 'ok'),
  ),
  'HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok',
  '\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  answer('200 OK', [`X: ${'v'.repeat(1100)}`]),
  answer(
    '200 OK',
    Array.from({ length: 30 }, (_, index) => `X-${index}: ${index}`),
  ),
];

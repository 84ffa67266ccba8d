import { describe, expect, it } from 'vitest';
import { kindWords } from '../../../build/reference/kind-words.ts';
import { type KindName, kinds } from '../../../src/config/kinds.ts';

const accepted: Readonly<Record<KindName, readonly string[]>> = {
  algorithm: ['round_robin', 'consistent_hash', './a.js', '../x/a.mjs', '/etc/lb/a.ts'],
  backend_address: ['10.0.0.1:80', 'localhost:80', '[::1]:80', 'unix:/run/a.sock'],
  bearer_token: ['x'.repeat(16), 'A-z0.9_~+/abcdefg==', 'x'.repeat(200)],
  bind_address: [':80', ':0', '0.0.0.0:80', '[::]:80', 'unix:/run/a.sock'],
  check_name: ['off', 'deep', 'tcp-1.x'],
  check_type: ['tcp', 'http', './mine.js', '/etc/lb/mine.mjs'],
  cidr: ['10.0.0.0/8', '::1'],
  control: ['auto', 'off', '/run/lb/lb.sock', `/${'x'.repeat(106)}`],
  cookie_domain: ['example.com', 'A-1.example', 'localhost'],
  cookie_name: ['lb', '__Host-lb', "!#$%&'*+-.^_`|~", 'x'.repeat(64)],
  cookie_path: ['/', '/a/b', '/a%20b', '/a:b<c'],
  dns_server: ['10.0.0.53', '10.0.0.53:5353', '::1', '[::1]:5353'],
  duration: ['0s', '1ms', '99h'],
  editable_field: ['X-A', 'Server', 'X-Forwarded-For'],
  field_name: ['X-A', 'host', 'connection', "!#$%&'*+-.^_`|~"],
  field_value: ['', 'a', 'a b\tc', '"quoted"', '~'],
  hash_key: ['client_ip', 'path'],
  host: [
    'example.com',
    'EXAMPLE.com',
    '*.example.com',
    'a_b',
    '10.0.0.1',
    '[::1]',
    'xn--mnchen-3ya.de',
  ],
  method: ['GET', 'get', 'M-SEARCH'],
  metric_prefix: ['', 'lb_', '_', 'Edge2_', 'x'.repeat(64)],
  name: ['a', ':8080', 'two words', 'grün', 'x'.repeat(128)],
  off: ['off'],
  state_file: ['off', '/var/lib/lb/state.json', '/s'],
  output: ['stdout', 'stderr', '/var/log/lb.log', './lb.log', 'logs/lb.log'],
  parameter_name: ['id', 'user[id]', 'ü', 'x'.repeat(128)],
  path: ['/', '/v1', '/v1/', '/a%20b', '/a:b@c;d=e,f'],
  percentage: ['0%', '20%', '100%'],
  pool_name: ['web', 'web-1', 'web_1.example', '__proto__'],
  refusal: ['no_route', 'bad_host'],
  regex: ['', '^ok$', '\\d+ (?<unit>s|ms)'],
  request_target: ['/', '/health?deep=1&x=%20'],
  secret: ['x'.repeat(16), 'ein Satz mit Umläuten', 'x'.repeat(1000)],
  settable_request_field: ['Host', 'X-A'],
  size: ['0', '1', '1B', '1KiB', '1GiB'],
  statsd_prefix: ['', 'lb', 'prod.edge-1.lb_2', 'x'.repeat(128)],
  status_codes: ['200', '599', '200-399', '204-204'],
  test_request: ['GET /', 'get http://a/b c', 'OPTIONS *'],
  text: ['', ' anything\n'],
  udp_address: ['10.0.0.1:8125', 'localhost:8125', '[::1]:8125'],
};

const refused: Readonly<Record<KindName, readonly string[]>> = {
  algorithm: [
    '',
    'round_robbin',
    'ROUND_ROBIN',
    'a.js',
    './a',
    './a.py',
    'file:///a.js',
    './a\n.js',
  ],
  backend_address: ['', '80', ':80', '10.0.0.1', '10.0.0.1:0', 'http://a:80', '::1', 'unix:a'],
  bearer_token: ['', 'x'.repeat(15), 'x'.repeat(201), `${'x'.repeat(16)} y`, `=${'x'.repeat(16)}`],
  bind_address: [
    '',
    '80',
    '*:80',
    'a:65536',
    '::1',
    'tcp://:80',
    'unix:',
    'a b:80',
    '10.0.0.300:80',
  ],
  check_name: ['', 'two words', 'x'.repeat(65)],
  check_type: ['', 'htp', 'TCP', 'module', './mine', 'mine.js'],
  cidr: ['10.0.0.1/8', 'all'],
  control: ['', 'on', 'lb.sock', './lb.sock', '/run/lb/', '/a\nb', `/${'x'.repeat(107)}`],
  cookie_domain: ['', '.example.com', '*.example.com', 'a..b', 'a b', 'a;b', 'a\r\n'],
  cookie_name: ['', 'a b', 'a=b', 'a;b', '"a"', 'a,b', 'ü', 'x'.repeat(65)],
  cookie_path: ['', 'a', '/a b', '/a;b', '/a\r\nb', '/ü', '/\u007f'],
  dns_server: ['', 'dns.internal', 'dns:53', '10.0.0.53:0', '[::1]', ':53', 'unix:/dns'],
  duration: ['', '1', '1d', '1.5s'],
  editable_field: ['Host', 'Connection', 'content-length', 'TE', 'a b', ''],
  field_name: ['', 'a b', 'a:', 'ü', 'X\n', 'secret_file'],
  field_value: [' a', 'a ', 'a\r\nb', 'a\u0000', 'ü', '\u007f', '\t'],
  hash_key: ['', 'clientip', 'header', 'cookie', 'X-User'],
  host: [
    '',
    '*',
    '*.',
    'a:80',
    '*.a:80',
    '[::1]:80',
    '::1',
    'a..b',
    '.a',
    'a.',
    'a/b',
    '*.*.a',
    'a*',
    'ü.de',
  ],
  metric_prefix: ['1lb', 'lb-', 'lb.', 'lb:', 'ü', 'a b', 'x'.repeat(65)],
  statsd_prefix: ['.', 'lb.', '.lb', 'a..b', 'a:b', 'a|b', 'ü', 'a\n', 'x'.repeat(129)],
  udp_address: ['', '8125', ':8125', '10.0.0.1', '10.0.0.1:0', 'unix:/run/statsd.sock'],
  method: ['', 'G T', 'GET\n'],
  name: ['', ' a', 'a ', 'a\nb', 'x'.repeat(129)],
  off: ['', 'on', 'false', 'OFF'],
  state_file: ['', 'on', 'state.json', './state.json', '/', '/var/lib/', '/a\nb'],
  output: ['', 'stdot', 'journald', '/', '/var/log/', '/a\nb'],
  parameter_name: ['', 'a b', 'a=b', 'a&b', 'a#', 'x'.repeat(129)],
  path: ['', 'v1', '/a b', '/a?b', '/a#b', '/ü', '/a\n'],
  percentage: ['', '20', '101%', '-1%', '1.5%', '20 %'],
  pool_name: ['', 'a b', 'a/b', 'x'.repeat(65)],
  refusal: ['', 'no route', 'no_rout', 'shutdown'],
  regex: ['(', '[a', '\\', '{1}'],
  request_target: ['', 'health', '/a b', '/#x', '/ü', 'http://a/'],
  secret: ['', 'x'.repeat(15), `${'x'.repeat(16)}\n`],
  settable_request_field: ['Connection', 'Transfer-Encoding', 'UPGRADE', 'trailer'],
  size: ['', '1KB', '-1', '1.5', 'x'],
  status_codes: ['', '99', '100', '600', '2xx', '200-', '399-200', '200 - 399'],
  test_request: ['', 'GET', ' /', 'GET ', 'GET /\n'],
  text: [],
};

describe.each(Object.entries(kinds))('%s', (name, kind) => {
  const key = name as KindName; // Object.entries widens the keys of `kinds`

  it.each(accepted[key])('accepts %j', (text) => expect(kind.complain(text, {})).toBeNull());

  it.each(refused[key])('refuses %j in one line, with what to do', (text) => {
    expect(kind.complain(text, {})).toMatch(/^[\P{Cc}]+[;?][\P{Cc}]*$/u);
  });

  it('has a pattern for editors that takes all of those, and not all of these', () => {
    const { pattern = '' } = kindWords[key];
    for (const text of accepted[key]) expect(text).toMatch(new RegExp(pattern, 'u'));
    const taken = refused[key].filter((text) => new RegExp(pattern, 'u').test(text));
    if (pattern !== '') expect(taken.length).toBeLessThan(refused[key].length);
  });
});

it.each([
  ['duration', '99ms', 'needs 100ms to 60s'],
  ['duration', '61s', 'needs 100ms to 60s'],
] as const)('keeps a %s of %s out of its bounds', (name, text, advice) => {
  const bounds = { atLeast: 100, atMost: 60_000 };
  expect(kinds[name].complain(text, bounds)).toContain(advice);
  expect(kinds[name].complain('100ms', bounds)).toBeNull();
  expect(kinds[name].complain('60s', bounds)).toBeNull();
});

it.each([
  ['bind_address', '8080', 'write ":8080"'],
  ['bind_address', '*:8080', 'write ":8080" for every interface'],
  ['bind_address', '::1', 'write "[::1]:port"'],
  ['bind_address', 'http://a:80', 'a URL; write host:port alone'],
  ['bind_address', 'a:70000', 'a port is at most 65535'],
  ['backend_address', ':3000', 'write "127.0.0.1:3000"'],
  ['backend_address', '3000', 'write "127.0.0.1:3000"'],
  ['algorithm', 'my-algorithm.js', 'for a module write "./my-algorithm.js"'],
  ['algorithm', 'least_conections', 'did you mean "least_connections"?'],
  ['hash_key', 'cookie', 'write { cookie: NAME }'],
  ['cidr', '10.0.0.1/8', 'write "10.0.0.0/8"'],
  ['duration', '60', 'write 60s or 60ms'],
  ['host', 'example.com:8080', 'write "example.com"'],
  ['host', '*', 'leave out `host`'],
  ['output', 'stdot', 'did you mean "stdout"?'],
  ['path', 'v1', 'write "/v1"'],
] as const)('knows what %s %j was meant to be', (name, text, advice) => {
  expect(kinds[name].complain(text, {})).toContain(advice);
});

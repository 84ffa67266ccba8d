import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A file that lb must refuse: what is wrong with it, its content, and a part of what is said about it. */
export type Invalid = readonly [kind: string, content: string | Uint8Array, said: string];

const file = (parts: {
  readonly global?: string;
  readonly listeners?: string;
  readonly pools?: string;
  readonly more?: string;
}) => `global: ${parts.global ?? '{ admin: { bind: "127.0.0.1:0" } }'}
listeners: ${parts.listeners ?? '[{ bind: "127.0.0.1:0", pool: app }]'}
pools: ${parts.pools ?? '{ app: { backends: ["127.0.0.1:1"] } }'}
${parts.more ?? ''}`;
const global = (keys: string) => file({ global: `{ ${keys} }` });
const pool = (keys: string) => file({ pools: `{ app: { backends: ["127.0.0.1:1"], ${keys} } }` });
const backends = (list: string) => file({ pools: `{ app: { backends: [${list}] } }` });
const listener = (keys: string) =>
  file({ listeners: `[{ bind: "127.0.0.1:0", pool: app, ${keys} }]` });
const bind = (address: string) => file({ listeners: `[{ bind: "${address}", pool: app }]` });
const listeners = (...items: readonly string[]) => file({ listeners: `[${items.join(', ')}]` });
const route = (keys: string) =>
  file({ listeners: `[{ bind: "127.0.0.1:0", routes: [{ pool: app, ${keys} }] }]` });
const check = (keys: string) => pool(`health_check: { ${keys} }`);
const sticky = (keys: string) => pool(`sticky: { ${keys} }`);

/** What is no text, or no YAML, or more of it than lb reads. */
const unreadable: readonly Invalid[] = [
  ['nothing', '', 'needs'],
  ['only a comment', '# to be written\n', 'needs'],
  ['no YAML', 'listeners: [', 'YAML'],
  ['a tab as indentation', 'listeners:\n\t- bind: ":1"\n', 'tab'],
  ['a key twice', 'pools: {}\npools: {}\n', 'pools'],
  ['no text in UTF-8', Buffer.from([0x61, 0xff, 0xfe]), 'UTF-8'],
  ['text in UTF-16', Buffer.from('\ufeffpools: {}', 'utf16le'), 'UTF-8'],
  ['bytes of anything', Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 167) % 256)), ''],
  ['zeros', Buffer.alloc(1000), ''],
  ['10 MB', Buffer.alloc(10_000_000, '# padding\n'), '10 MB'],
  ['a page of HTML', '<!doctype html>\n<html><body>404 Not Found</body></html>\n', ''],
  ['half of a file', file({}).slice(0, 70), ''],
  ['the marks of a merge', `<<<<<<< ours\n${file({})}=======\n>>>>>>> theirs\n`, ''],
  ['a list at the top', '[1, 2]', 'map'],
  ['a word at the top', 'hello', 'map'],
  ['a depth without end', `${'['.repeat(100)}${']'.repeat(100)}`, '64 levels'],
  ['an anchor', 'pools: &all {}\n', 'anchor'],
  ['a tag', 'pools: !!map {}\n', 'tag'],
  ['a second document', `${file({})}---\n${file({})}`, 'second document'],
  ['a list as a key', '? [a, b]\n: 1\n', 'key'],
];

const structure: readonly Invalid[] = [
  ['no listeners', 'pools: { app: { backends: ["a:1"] } }', 'listeners'],
  ['no pools', 'listeners: [{ bind: ":1", pool: app }]', 'pools'],
  ['an empty list of listeners', listeners(), 'at least one'],
  ['an empty map of pools', file({ pools: '{}' }), 'at least one'],
  ['no backends', backends(''), 'at least one'],
  ['nothing as a value', pool('retries:'), 'retries'],
  ['an unknown key at the top', file({ more: 'routes: []\n' }), 'routes'],
  ['an unknown key', pool('algoritm: random'), 'algorithm'],
  ['a key in the wrong place', listener('sticky: {}'), 'sticky'],
  ['a key in another spelling', pool('whenAllDown: try_all'), 'when_all_down'],
  ['a wrong type', pool('retries: 3'), 'retries'],
  ['a map instead of a list', file({ listeners: '{ bind: ":1", pool: app }' }), 'listeners'],
  ['text instead of a number', listener('limits: { header_count: many }'), 'header_count'],
  ['a number instead of a switch', global('access_log: { enabled: 1 }'), 'enabled'],
  ['a pool that is missing', file({ pools: '{ ap: { backends: ["a:1"] } }' }), '"app"'],
  ['a check that is missing', pool('health_check: fast'), 'fast'],
  ['a listener without a pool', listeners('{ bind: ":1" }'), 'pool'],
  ['routes and a pool', listener('routes: [{ pool: app }]'), 'routes'],
  ['an HTTP key on TCP', listener('protocol: tcp, forwarding: {}'), 'forwarding'],
  ['routes on TCP', listeners('{ bind: ":1", protocol: tcp, routes: [{ pool: app }] }'), 'routes'],
  ['a check by the name of off', file({ more: 'health_checks: { off: {} }\n' }), 'off'],
];

const values: readonly Invalid[] = [
  ['an unknown level', global('log: { level: loud }'), 'info'],
  ['an unknown protocol', listener('protocol: udp'), 'tcp'],
  ['an unknown word', pool('when_all_down: panic'), 'fail_fast'],
  ['an unknown algorithm', pool('algorithm: robin'), 'round_robin'],
  ['an unknown option of an algorithm', pool('algorithm: { name: random, seed: 1 }'), 'seed'],
  ['an unknown check', check('type: ping'), 'tcp'],
  ['an option of another check', check('type: tcp, path: /'), 'path'],
  ['a duration without a unit', pool('slow_start: 10'), 'slow_start'],
  ['a duration below nothing', pool('slow_start: -1s'), 'slow_start'],
  ['a duration beyond a week', pool('drain_timeout: 200h'), 'drain_timeout'],
  ['a timeout of nothing', pool('timeouts: { connect: 0s }'), 'connect'],
  ['a size in no unit', listener('limits: { header_bytes: 1MB }'), 'header_bytes'],
  ['a size that is too large', listener('limits: { header_bytes: 1MiB }'), '64KiB'],
  ['a number that is too large', pool('retries: { attempts: 99 }'), '10'],
  ['a number that is too small', global('limits: { max_connections: 0 }'), 'max_connections'],
  ['half a connection', listener('limits: { max_connections: 1.5 }'), 'max_connections'],
  ['a share without its sign', pool('retries: { budget: 20 }'), 'budget'],
  ['a share of too much', pool('retries: { budget: 300% }'), 'budget'],
  ['a bad address', backends('"nowhere"'), 'nowhere'],
  ['a port that is none', backends('"a:99999"'), '99999'],
  ['a backend at port 0', backends('"a:0"'), 'a:0'],
  ['a bind without a port', bind('127.0.0.1'), '127.0.0.1'],
  ['a socket without a path', bind('unix:'), 'unix:'],
  ['a socket with a path too long', bind(`unix:/${'x'.repeat(200)}`), 'unix:'],
  ['a state file somewhere', global('state_file: state.json'), 'state_file'],
  ['a bad network', global('trusted_proxies: ["10.0.0.0/99"]'), '10.0.0.0/99'],
  [
    'a network with more bits than its mask',
    global('trusted_proxies: ["10.0.0.1/8"]'),
    '10.0.0.1/8',
  ],
  ['a server of names by name', global('dns: { servers: [dns.example.com] }'), 'dns.example.com'],
  ['a bad host', route('match: { host: "a b" }'), 'host'],
  ['a star in the middle of a host', route('match: { host: "a.*.com" }'), 'host'],
  ['a bad path', route('match: { path: v1 }'), 'path'],
  ['a method that is none', route('match: { methods: ["GET IT"] }'), 'methods'],
  ['a bad name of a field', route('match: { headers: { "x y": "1" } }'), 'x y'],
  [
    'a field lb writes itself',
    route('request_headers: { set: { Connection: close } }'),
    'Connection',
  ],
  ['a line break in a field', route('response_headers: { set: { a: "b\\nc" } }'), 'a'],
  ['a code that is none', check('type: http, expected_codes: ["999"]'), '999'],
  ['a pattern that is none', check('type: http, expected_body_regex: "("'), 'expected_body_regex'],
  ['a cookie with a bad name', sticky('cookie: "a b"'), 'cookie'],
  ['a cookie with a bad path', sticky('path: app'), 'path'],
  ['a secret that can be guessed', sticky('secret: short'), 'secret'],
  ['an unknown same_site', sticky('same_site: some'), 'lax'],
];

const combinations: readonly Invalid[] = [
  ['the same backend twice', backends('"a:1", "a:1"'), 'a:1'],
  [
    'two backends of one name',
    backends('{ name: a, address: "a:1" }, { name: a, address: "b:1" }'),
    'a',
  ],
  ['weights that nothing goes by', backends('{ address: "a:1", weight: 2 }, "b:1"'), 'weight'],
  [
    'two listeners on one address',
    listeners('{ bind: ":4711", pool: app }', '{ name: two, bind: "127.0.0.1:4711", pool: app }'),
    'overlaps',
  ],
  [
    'two listeners of one name',
    listeners('{ name: a, bind: ":0", pool: app }', '{ name: a, bind: ":0", pool: app }'),
    'name',
  ],
  [
    'admin on the address of a listener',
    file({ global: '{ admin: { bind: ":4711" } }', listeners: '[{ bind: ":4711", pool: app }]' }),
    '4711',
  ],
  [
    'two routes for the same requests',
    listeners('{ bind: ":1", routes: [{ name: a, pool: app }, { name: b, pool: app }] }'),
    'match',
  ],
  [
    'two routes of one name',
    listeners(
      '{ bind: ":1", routes: [{ name: a, pool: app }, { name: a, pool: app, match: { path: /a } }] }',
    ),
    'name',
  ],
  ['an ejection longer than the longest', pool('passive_health: { ejection: 2m }'), 'ejection'],
  [
    'a cookie over TCP',
    file({
      listeners: '[{ bind: ":1", protocol: tcp, pool: app }]',
      pools: '{ app: { backends: ["a:1"], sticky: {} } }',
    }),
    'sticky',
  ],
  [
    'a key that TCP has not',
    file({
      listeners: '[{ bind: ":1", protocol: tcp, pool: app }]',
      pools: '{ app: { backends: ["a:1"], algorithm: { name: consistent_hash, key: path } } }',
    }),
    'path',
  ],
];

const surroundings: readonly Invalid[] = [
  ['a variable that is not set', pool('algorithm: "${NO_SUCH_VARIABLE}"'), 'NO_SUCH_VARIABLE'],
  ['a variable without an end', pool('algorithm: "${NO_SUCH"'), '}'],
  ['a variable that has no name', pool('algorithm: "${1}"'), '1'],
  ['a file of a value that is missing', pool('algorithm_file: ./no-such-file'), 'no-such-file'],
  ['a folder as the file of a value', pool('algorithm_file: .'), 'regular file'],
  ['a value and its file', pool('algorithm: random, algorithm_file: ./x'), 'algorithm'],
  ['a module that is missing', pool('algorithm: ./no-such-module.js'), 'no-such-module.js'],
  ['a module of a check that is missing', check('type: ./no-such-check.js'), 'no-such-check.js'],
  ['a module that is no algorithm', pool('algorithm: ./empty.js'), 'algorithm'],
  ['a module that throws', pool('algorithm: ./throwing.js'), 'no luck'],
  ['a module that is no check', check('type: ./empty.js'), 'probe'],
];

/** The modules that these files name, by the names of their files. */
export const modules: Readonly<Record<string, string>> = {
  'empty.js': 'export const nothing = true;\n',
  'throwing.js': 'throw new Error("no luck");\n',
};

const fixtures = resolve(import.meta.dirname, '../../fixtures/broken');
const kept: readonly Invalid[] = readdirSync(fixtures)
  .filter((name) => name.endsWith('.yaml'))
  .map((name): Invalid => [`fixture ${name}`, readFileSync(join(fixtures, name)), '']);

export const invalidConfigurations: readonly Invalid[] = [
  ...unreadable,
  ...structure,
  ...values,
  ...combinations,
  ...surroundings,
  ...kept,
];

import { expect, it } from 'vitest';
import { configWith, problemsOf, snapshotOf } from './parse.ts';

const routeOf = (route: string, world = {}) => {
  const [listener] = snapshotOf(configWith({ route }), world).listeners;
  return listener?.protocol === 'http' ? listener.routes[0] : undefined;
};

it('reads numbers and booleans where the schema wants them, and only without quotes', () => {
  const global = '{ limits: { max_connections: 0x10 }, access_log: { enabled: False } }';
  const snapshot = snapshotOf(configWith({ global }));
  expect(snapshot.global.limits.maxConnections).toBe(16);
  expect(snapshot.global.accessLog.enabled).toBe(false);
  expect(problemsOf(configWith({ global: '{ limits: { max_connections: "5" } }' }))).toEqual([
    '1:38: global.limits.max_connections: found "5"; needs a whole number from 1 to 1000000',
  ]);
});

it('leaves text as it was written where the schema wants text', () => {
  const route = '{ name: 1.10, match: { headers: { x-version: 010, x-on: true } } }';
  expect(routeOf(route)).toMatchObject({
    name: '1.10',
    match: {
      headers: [
        ['x-version', '010'],
        ['x-on', 'true'],
      ],
    },
  });
});

it('puts environment variables into keys and values, typed as if they stood there', () => {
  const text = [
    'global:',
    '  limits: { max_connections: "${LIMIT}" }',
    '  access_log:',
    '    enabled: ${LOG:-false}',
    'listeners:',
    '  - bind: 127.0.0.1:${PORT}',
    '    limits:',
    '      header_count: ${LIMIT}',
    '    pool: ${POOL}',
    'pools:',
    '  ${POOL}: { backends: ["${HOST}:80"] }',
  ].join('\n');
  const env = { LIMIT: '50', PORT: '8080', POOL: 'web', HOST: 'localhost' };
  expect(problemsOf(text, { env })).toEqual([
    expect.stringContaining('2:30: global.limits.max_connections: found "50"'),
  ]);
  const { global, listeners, pools } = snapshotOf(text.replace('"${LIMIT}"', '7'), { env });
  expect(global.accessLog.enabled).toBe(false);
  expect(listeners[0]).toMatchObject({
    bind: { host: '127.0.0.1', port: 8080 },
    limits: { headerCount: 50 },
  });
  expect(pools).toMatchObject([{ name: 'web', backends: [{ name: 'localhost:80' }] }]);
});

it('never lets a variable bring structure with it', () => {
  const env = { NAME: 'a, pool: other }\n- bind: ":1' };
  expect(problemsOf(configWith({ listener: '{ name: "${NAME}" }' }), { env })).toEqual([
    expect.stringContaining('is not a name'),
  ]);
});

it('points at the reference that is wrong', () => {
  const route = '{ request_headers: { set: { X-A: "${GOOD} $${ ${BAD}" } } }';
  const [problem] = problemsOf(configWith({ route }), { env: { GOOD: 'x' } });
  const column = configWith({ route }).split('\n')[2]?.indexOf('${BAD}') ?? 0;
  expect(problem).toContain(`3:${column + 1}: listeners[0].routes[0].request_headers.set.X-A: `);
});

it('reads the value of a `_file` key from the folder of lb.yaml, less one newline', () => {
  const route = '{ request_headers: { set: { Authorization_file: secrets/token } } }';
  for (const end of ['', '\n', '\r\n']) {
    const files = { '/etc/lb/secrets/token': `0123${end}` };
    expect(routeOf(route, { files })?.requestHeaders.set).toEqual([['Authorization', '0123']]);
  }
});

it('types what it reads from a file as if it stood in lb.yaml', () => {
  const files = { '/run/limit': '42\n' };
  const global = '{ limits: { max_connections_file: "${DIR}/limit" } }';
  const snapshot = snapshotOf(configWith({ global }), { files, env: { DIR: '/run' } });
  expect(snapshot.global.limits.maxConnections).toBe(42);
});

it.each([
  ['is missing', {}, 'there is no such file (ENOENT)'],
  ['is too large', { '/etc/lb/name': 'x'.repeat(65_537) }, 'it is larger than 64 KiB'],
  ['is not text', { '/etc/lb/name': Uint8Array.of(0xff) }, 'it is not UTF-8 text'],
])('has one problem when the file %s', (_what, files, reason) => {
  expect(problemsOf(configWith({ listener: '{ name_file: name }' }), { files })).toEqual([
    `3:18: listeners[0].name: cannot read its value from "name"; ${reason}`,
  ]);
});

it('does not substitute in what it reads from a file', () => {
  const files = { '/etc/lb/name': '${HOME}' };
  const text = configWith({ listener: '{ name_file: name }' });
  expect(snapshotOf(text, { files }).listeners[0]?.name).toBe('${HOME}');
});

it('refuses a key and its `_file` together, in either order', () => {
  const files = { '/etc/lb/name': 'x' };
  expect(problemsOf(configWith({ listener: '{ name: a, name_file: name }' }), { files })).toEqual([
    '3:16: listeners[0].name_file: is given already as "name" on line 3; keep one',
  ]);
  expect(problemsOf(configWith({ listener: '{ name_file: name, name: a }' }), { files })).toEqual([
    '3:24: listeners[0].name: is given already as "name_file" on line 3; keep one',
  ]);
});

it('refuses a list or a map as a key', () => {
  expect(problemsOf('? [a]\n: 1\nlisteners: []\npools: {}')[0]).toBe(
    '1:3: the file: a list or map cannot be a key; needs text',
  );
});

it('treats names that objects have by nature as any other', () => {
  const text = configWith({}).replaceAll('web', '__proto__');
  expect(snapshotOf(text).pools[0]?.name).toBe('__proto__');
  expect(problemsOf(configWith({ global: '{ constructor: 1, __proto__: 2 }' }))).toEqual([
    expect.stringContaining('1:11: global.constructor: unknown key'),
    expect.stringContaining('1:27: global.__proto__: unknown key'),
  ]);
  const unknownPool = configWith({}).replace('pool: web', 'pool: toString');
  expect(problemsOf(unknownPool)).toEqual([expect.stringContaining('no pool "toString"')]);
});

it('has one problem with a reference that fails in a key or in the path of a file', () => {
  const unset = expect.stringContaining('environment variable NOPE is not set');
  expect(problemsOf(configWith({ listener: '{ name_file: "${NOPE}" }' }))).toEqual([unset]);
  expect(problemsOf(configWith({ listener: '{ "${NOPE}": 1 }' }))).toEqual([unset]);
  expect(problemsOf(configWith({ listener: '{ "${NOPE}": {} }' }))).toEqual([unset]);
});

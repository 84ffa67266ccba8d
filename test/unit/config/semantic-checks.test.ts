import { describe, expect, it } from 'vitest';
import { configWith, problemsOf } from './parse.ts';

/** Listeners by their `bind`, all to one pool. */
function listeners(global: string, ...binds: readonly string[]): string {
  const items = binds.map((bind) => `  - { bind: ${JSON.stringify(bind)}, pool: web }`);
  const rest = ['pools: { web: { backends: ["a:1"] } }'];
  return [`global: ${global}`, 'listeners:', ...items, ...rest].join('\n');
}

describe('binds', () => {
  it.each([
    [':8080', ':8080'],
    [':8080', '0.0.0.0:8080'],
    [':8080', '[::]:8080'],
    [':8080', '127.0.0.1:8080'],
    ['[::]:8080', '0.0.0.0:8080'],
    ['[::1]:8080', ':8080'],
    ['0.0.0.0:8080', '127.0.0.1:8080'],
    ['[::1]:8080', '[0:0::1]:8080'],
    ['localhost:8080', 'LOCALHOST:8080'],
    ['unix:/run/a', 'unix:/run/a'],
  ])('refuses %s beside %s', (one, other) => {
    expect(problemsOf(listeners('{}', one, other))).toEqual([
      `4:13: listeners[1].bind: ${JSON.stringify(other)} overlaps with listeners[0] (line 3); needs an address of its own`,
    ]);
  });

  it.each([
    [':8080', ':8081'],
    ['127.0.0.1:8080', '127.0.0.2:8080'],
    ['0.0.0.0:8080', '[::1]:8080'],
    ['127.0.0.1:0', '0.0.0.0:0'],
    ['unix:/run/a', 'unix:/run/b'],
  ])('accepts %s beside %s', (one, other) => {
    expect(problemsOf(listeners('{}', one, other))).toEqual([]);
  });

  it('counts the admin address, written or not', () => {
    expect(problemsOf(listeners('{}', ':9901'))).toEqual([
      expect.stringContaining('global.admin.bind, 127.0.0.1:9901 (its default)'),
    ]);
    expect(problemsOf(listeners('{ admin: { bind: ":8080" } }', '127.0.0.1:8080'))).toEqual([
      expect.stringContaining('global.admin.bind, :8080 (line 1)'),
    ]);
    expect(problemsOf(listeners('{ admin: off }', ':9901'))).toEqual([]);
  });

  it('wants names when two listeners bind any free port', () => {
    expect(problemsOf(listeners('{}', ':0', ':0'))).toEqual([
      '4:5: listeners[1].name: ":0" is also the name of the listener on line 3; names are unique',
    ]);
  });
});

describe('routes', () => {
  const withRoutes = (...routes: readonly string[]) =>
    [
      'listeners:',
      '  - bind: ":80"',
      '    routes:',
      ...routes.map((route) => `      - { pool: web, ${route} }`),
      'pools: { web: { backends: ["a:1"] } }',
    ].join('\n');

  it.each([
    ['match: {}', 'match: { path: / }'],
    ['match: { path: /v1 }', 'match: { path: /v1/ }'],
    ['match: { host: a.de }', 'match: { host: [b.de, A.DE] }'],
    ['match: { methods: [GET, PUT] }', 'match: { methods: [put, GET] }'],
    ['match: { headers: { A: x, b: y } }', 'match: { headers: { B: y, a: x } }'],
  ])('refuses %s beside %s', (one, other) => {
    expect(problemsOf(withRoutes(one, other))).toEqual([
      expect.stringContaining('listeners[0].routes[1].match: matches the same requests as'),
    ]);
  });

  it.each([
    ['match: { path: /v1 }', 'match: { path: /v2 }'],
    ['match: { host: a.de }', 'match: { host: "*.de" }'],
    ['match: { host: a.de }', 'match: {}'],
    ['match: { methods: [GET] }', 'match: { methods: [GET, PUT] }'],
    ['match: { headers: { a: x } }', 'match: { headers: { a: y } }'],
  ])('accepts %s beside %s', (one, other) => {
    expect(problemsOf(withRoutes(one, other))).toEqual([]);
  });

  it('wants names to be unique, default names included', () => {
    expect(problemsOf(withRoutes('name: route-2', 'match: { path: /a }'))).toEqual([
      expect.stringContaining('"route-2" is also the name of the route on line 4'),
    ]);
  });

  it.each([
    ['set: { X-A: a, x-a: b }', 'set.x-a: is the same field as "X-A" on line 3; keep one'],
    ['add: { X-A: a, x-a: b }', 'add.x-a: is the same field as "X-A" on line 3; keep one'],
    ['set: { X-A: a }, remove: [x-a]', 'set.X-A: is also under `remove`'],
    ['add: { X-A: a }, remove: [x-a]', 'add.X-A: is also under `remove`'],
  ])('refuses header edits such as %s', (edits, message) => {
    for (const key of ['request_headers', 'response_headers']) {
      expect(problemsOf(configWith({ route: `{ ${key}: { ${edits} } }` }))).toEqual([
        expect.stringContaining(`${key}.${message}`),
      ]);
    }
  });

  it('lets a field be set and added to', () => {
    const edits = '{ request_headers: { set: { X-A: a, Host: b }, add: { x-a: c } } }';
    expect(problemsOf(configWith({ route: edits }))).toEqual([]);
  });
});

describe('pools', () => {
  const withBackends = (...backends: readonly string[]) =>
    `listeners: [{ bind: ":80", pool: web }]\npools: { web: { backends: [${backends.join(', ')}] } }`;

  it.each([
    ['"a:1"', '"A:1"', '"A:1" is in this pool already, on line 2; remove one'],
    ['"a:1"', '{ name: b, address: "a:1" }', '"a:1" is in this pool already, on line 2'],
    ['{ name: x, address: "a:1" }', '{ name: x, address: "b:1" }', '"x" is also the name of'],
    ['{ name: "b:1", address: "a:1" }', '"b:1"', '"b:1" is also the name of the backend'],
  ])('refuses %s beside %s, once', (one, other, message) => {
    expect(problemsOf(withBackends(one, other))).toEqual([expect.stringContaining(message)]);
  });

  it('allows every address of a name to be used, and of nothing else', () => {
    expect(problemsOf(withBackends('{ address: "a:1", resolve: all }'))).toEqual([]);
    expect(problemsOf(withBackends('{ address: "10.0.0.1:1", resolve: all }'))).toEqual([
      expect.stringContaining('"all" stands beside "10.0.0.1:1", which is no name; remove it'),
    ]);
  });

  it('allows an address in two pools, and a pool that nobody uses', () => {
    const text = `${withBackends('"a:1"').slice(0, -2)}, spare: { backends: ["a:1"] } }`;
    expect(problemsOf(text)).toEqual([]);
  });

  it('tells of missing pools once, not for each reference', () => {
    expect(
      problemsOf('listeners: [{ bind: ":80", pool: web }, { bind: ":81", pool: web }]'),
    ).toEqual(['1:1: pools: is missing; needs a map']);
  });
});

it.each([
  ['{ bind: ":80", puol: web }', 'unknown key; did you mean "pool"?'],
  ['{ bnid: ":80", pool: web }', 'unknown key; did you mean "bind"?'],
  ['{ bind: ":80", ruotes: [] }', 'unknown key; did you mean "routes"?'],
  ['{ bind: ":80" }', 'has neither `pool` nor `routes`'],
  ['{ bind: ":80", pool: web, routes: [{ pool: web }] }', 'stands beside `routes`'],
  ['{ bind: ":80", protocol: tcp }', 'listeners[0].pool: is missing; needs the name of a pool'],
  ['{ bind: ":80", protocol: tcp, pool: web, routes: [] }', '`routes` is only for protocol http'],
  [
    '{ bind: ":80", protocol: tcp, pool: web, forwarding: {} }',
    '`forwarding` is only for protocol',
  ],
  ['{ bind: ":80", protocol: tcp, pool: web, errors: {} }', '`errors` is only for protocol http'],
  ['{ bind: ":80", pool: web, forwarding: { server: hide } }', '"hide" is not known; needs one of'],
  ['{ bind: ":80", pool: web, forwarding: { via: lb } }', 'found "lb"; needs true or false'],
  [
    '{ bind: ":80", pool: web, limits: { header_bytes: 1KiB, target_bytes: 2KiB } }',
    '"2KiB" is more',
  ],
  ['{ bind: ":80", pool: web, limits: { header_bytes: 1KB, target_bytes: 2KiB } }', '"1KB" is not'],
])('finds one mistake in the listener %s', (listener, message) => {
  const text = `listeners: [${listener}]\npools: { web: { backends: ["a:1"] } }`;
  expect(problemsOf(text)).toEqual([expect.stringContaining(message)]);
});

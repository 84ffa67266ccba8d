import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { renderEffective } from '../../../src/config/effective.ts';
import { escapeReferences } from '../../../src/config/substitute.ts';
import { snapshotOf } from './parse.ts';

const examples = resolve(import.meta.dirname, '../../../examples');

it.each(readdirSync(examples).filter((file) => file.endsWith('.yaml')))(
  'says of %s in full what it means',
  (file) => {
    const snapshot = snapshotOf(readFileSync(resolve(examples, file), 'utf8'));
    expect(snapshotOf(renderEffective(snapshot, 'shown'))).toEqual(snapshot);
  },
);

const printable = fc.string({
  unit: fc.constantFrom(...'ab${}:#*&!-" \'~1'),
  minLength: 1,
  maxLength: 8,
});
const text = printable.filter((value) => value.trim() === value);
const token = fc.string({ unit: fc.constantFrom(...'aB1-_*!~'), minLength: 1, maxLength: 6 });
const field = token.filter((name) => !/^te$|_file$/i.test(name));
const name = fc.constantFrom('a', 'b-1', '1', '1e3', 'null', 'true', 'on', '__proto__', 'x.y');
const fields = fc
  .uniqueArray(fc.tuple(field, text), { selector: ([key]) => key.toLowerCase(), maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));
const duration = fc
  .tuple(fc.integer({ min: 1, max: 168 }), fc.constantFrom('ms', 's', 'm', 'h'))
  .map((parts) => parts.join(''));
const size = fc.oneof(
  fc.integer({ min: 1024, max: 65_536 }),
  fc.integer({ min: 1, max: 64 }).map((n) => `${n}KiB`),
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
const edits = optional(
  fc.record({ set: fields, remove: fc.constantFrom([], ['X-Gone']) }, { requiredKeys: [] }),
);

const route = fc.record({
  path: fc.constantFrom('/', '/v1', '/v1/', '/a%20b'),
  host: optional(fc.oneof(fc.constant('Example.com'), fc.constant(['*.a.de', '[::1]']))),
  methods: optional(fc.constantFrom([], ['get'], ['PUT', 'POST'])),
  headers: optional(fields),
  request: edits,
  response: edits,
});

const forwarding = fc.record(
  {
    x_forwarded_for: fc.boolean(),
    x_forwarded_proto: fc.boolean(),
    x_forwarded_host: fc.boolean(),
    x_forwarded_port: fc.boolean(),
    forwarded: fc.boolean(),
    request_id: fc.boolean(),
    via: fc.boolean(),
    server: fc.constantFrom('keep', 'remove'),
  },
  { requiredKeys: [] },
);

const httpListener = fc.record({
  name: optional(text),
  timeouts: optional(fc.record({ idle: duration, header: duration }, { requiredKeys: [] })),
  limits: optional(fc.record({ header_bytes: size, body_bytes: size }, { requiredKeys: [] })),
  forwarding: optional(forwarding),
  errors: optional(fc.record({ reason_header: fc.boolean() })),
  routes: fc.array(route, { minLength: 1, maxLength: 3 }),
});

const sticky = fc.record(
  {
    cookie: token,
    ttl: duration,
    secret: fc.string({ unit: fc.constantFrom(...'aé${}#: '), minLength: 16 }),
    domain: fc.constantFrom('shop.test', 'A.de'),
    same_site: fc.constantFrom('lax', 'strict', 'none'),
    secure: fc.constantFrom('auto', 'always'),
    http_only: fc.boolean(),
  },
  { requiredKeys: [] },
);

const check = fc.oneof(
  fc.constantFrom('off', 'named'),
  fc.record(
    { type: fc.constant('tcp'), interval: fc.constant('7s'), send: text, expect: text },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      type: fc.constant('http'),
      method: fc.constantFrom('GET', 'POST'),
      path: fc.constantFrom('/', '/health?deep=1'),
      headers: fields,
      body: text,
      expected_codes: fc.constantFrom(['200'], ['200-204', 301]),
      expected_body_regex: fc.constantFrom('', '^ok$'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: fc.constantFrom('./check.js', '/etc/lb/other.mjs') }),
);
const passive = fc.oneof(
  fc.constant('off'),
  fc.record(
    { min_healthy: fc.nat(9), count_5xx: fc.boolean(), count_slower_than: duration },
    { requiredKeys: [] },
  ),
);

const configuration = fc.record({
  admin: optional(fc.constantFrom('off', { bind: 'unix:/run/admin' }, { bind: '[::1]:0' })),
  log: optional(
    fc.record({
      level: fc.constantFrom('error', 'trace'),
      output: fc.constantFrom('stderr', '/a b'),
    }),
  ),
  dns: optional(
    fc.constantFrom({ family: 'ipv6' }, { servers: ['10.0.0.53', '[::1]:5353'], family: 'ipv4' }),
  ),
  metrics: optional(
    fc.constantFrom(
      { prefix: 'lb_' },
      { statsd: { address: 'localhost:8125' } },
      { prefix: 'x', statsd: { address: '[::1]:1', interval: '1m', prefix: '' } },
    ),
  ),
  trusted: optional(fc.constantFrom(['10.0.0.0/8', '::1'], [])),
  listeners: fc.array(httpListener, { minLength: 1, maxLength: 3 }),
  tcp: optional(duration),
  pools: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  connect: optional(duration),
  backend: fc.record(
    {
      weight: fc.nat(1000),
      max_connections: fc.nat(9),
      backup: fc.boolean(),
      resolve: fc.constantFrom('one', 'all'),
    },
    { requiredKeys: [] },
  ),
  queue: optional(fc.record({ max_waiting: fc.nat(9), timeout: duration }, { requiredKeys: [] })),
  whenAllDown: optional(fc.constantFrom('fail_fast', 'try_all', 'backup')),
  algorithm: optional(
    fc.constantFrom('weighted_random', { name: 'consistent_hash', key: { header: 'X-User' } }),
  ),
  sticky: optional(sticky),
  check: optional(check),
  passive: optional(passive),
  tested: optional(fc.array(fields, { maxLength: 3 })),
});

/** A valid document; whatever has to be unique is numbered. */
function documentOf(drawn: typeof configuration extends fc.Arbitrary<infer T> ? T : never): object {
  const [pool = ''] = drawn.pools;
  const listeners = drawn.listeners.map(({ routes, ...listener }, index) => ({
    ...listener,
    name: listener.name === undefined ? undefined : `${listener.name}#${index}`,
    bind: `127.0.0.1:${8080 + index}`,
    routes: routes.map(({ path, host, methods, headers, request, response }, number) => ({
      match: { path: path === '/' ? `/${number}` : `/${number}${path}`, host, methods, headers },
      request_headers: request,
      response_headers: response,
      pool,
      algorithm: drawn.algorithm,
    })),
  }));
  const tcp = { bind: ':1', protocol: 'tcp', pool, timeouts: { idle: drawn.tcp } };
  return {
    global: {
      admin: drawn.admin,
      log: drawn.log,
      metrics: drawn.metrics,
      trusted_proxies: drawn.trusted,
      dns: drawn.dns,
    },
    listeners: drawn.tcp === undefined ? listeners : [...listeners, tcp],
    pools: Object.fromEntries(
      drawn.pools.map((key) => [
        key,
        {
          algorithm: 'weighted_round_robin',
          backends: ['a:1', { address: 'b:1', ...drawn.backend }],
          queue: drawn.queue,
          slow_start: drawn.connect,
          when_all_down: drawn.whenAllDown,
          timeouts: { connect: drawn.connect ?? '1s' },
          health_check: drawn.check,
          passive_health: drawn.passive,
          sticky: drawn.tcp === undefined ? drawn.sticky : undefined, // TCP has no cookies
        },
      ]),
    ),
    health_checks: { named: { type: 'http', path: '/named' } },
    tests: drawn.tested?.map((headers) => ({
      request: 'CONNECT http://a:8080/',
      headers,
      expect: 'connect_method',
    })),
  };
}

function escapeValues(value: unknown): unknown {
  if (typeof value === 'string') return escapeReferences(value);
  if (Array.isArray(value)) return value.map(escapeValues);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, escapeValues(inner)]),
  );
}

it('parses back to an equal snapshot, whatever the configuration', () => {
  fc.assert(
    fc.property(configuration, (drawn) => {
      const options = { aliasDuplicateObjects: false, lineWidth: 0 };
      const snapshot = snapshotOf(stringify(escapeValues(documentOf(drawn)), options));
      expect(snapshotOf(renderEffective(snapshot, 'shown'))).toEqual(snapshot);
    }),
    { numRuns: 50 },
  );
});

it('hides secrets from whoever is shown the configuration', () => {
  const snapshot = snapshotOf(readFileSync(resolve(examples, 'full.yaml'), 'utf8'));
  const shown = renderEffective(snapshot, 'hidden');
  const secrets = [snapshot.global.admin?.token, snapshot.pools[0]?.sticky?.secret];
  for (const secret of secrets) {
    expect(secret).toEqual(expect.any(String));
    expect(shown).not.toContain(secret);
  }
  expect(shown.match(/: \(secret\)$/gm)).toHaveLength(secrets.length);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import type { Snapshot } from '../../../src/config/snapshot.ts';
import { configWith, parse, problemsOf, snapshotOf } from './parse.ts';

const smallest =
  'listeners: [{ bind: ":8080", pool: web }]\npools: { web: { backends: ["a:1"] } }\n';

/** The defaults that docs/configuration.md promises. */
const snapshotOfSmallest: Snapshot = {
  global: {
    log: { level: 'info', output: 'stdout' },
    accessLog: {
      enabled: true,
      output: 'stdout',
      fields: [],
      query: 'keep',
      clientIp: 'full',
      samplePercent: 100,
      slowMs: 1000,
    },
    admin: { bind: { kind: 'tcp', host: '127.0.0.1', port: 9901 }, token: null },
    control: 'auto',
    limits: { maxConnections: 10_000, maxConnectionsPerIp: 0 },
    metrics: { prefix: '', statsd: null },
    why: { entries: 1000, slowMs: 1000 },
    stateFile: null,
    drainTimeoutMs: 600_000,
    shutdown: { delayMs: 0, timeoutMs: 25_000 },
    trustedProxies: [],
    dns: { servers: [], family: 'any' },
  },
  listeners: [
    {
      name: ':8080',
      bind: { kind: 'tcp', host: '', port: 8080 },
      protocol: 'http',
      timeouts: {
        headerMs: 10_000,
        bodyStallMs: 30_000,
        writeStallMs: 30_000,
        idleMs: 60_000,
        tunnelIdleMs: 3_600_000,
      },
      limits: {
        maxConnections: 0,
        headerBytes: 32_768,
        headerCount: 100,
        targetBytes: 8192,
        bodyBytes: 0,
        bodyRate: 240,
      },
      forwarding: {
        xForwardedFor: true,
        xForwardedProto: true,
        xForwardedHost: true,
        xForwardedPort: true,
        forwarded: false,
        requestId: true,
        via: false,
        server: 'keep',
      },
      errors: { reasonHeader: true },
      routes: [
        {
          name: 'web',
          match: { hosts: [], path: '/', methods: [], headers: [] },
          requestHeaders: { set: [], add: [], remove: [] },
          responseHeaders: { set: [], add: [], remove: [] },
          pool: 'web',
          algorithm: null,
        },
      ],
    },
  ],
  pools: [
    {
      name: 'web',
      algorithm: { name: 'round_robin', options: {} },
      backends: [
        {
          name: 'a:1',
          address: { kind: 'tcp', host: 'a', port: 1 },
          weight: 1,
          maxConnections: 0,
          backup: false,
          resolve: 'one',
        },
      ],
      healthCheck: {
        type: 'tcp',
        intervalMs: 5000,
        timeoutMs: 2000,
        unhealthyThreshold: 3,
        healthyThreshold: 2,
        options: { send: '', expect: '' },
      },
      passiveHealth: {
        consecutiveFailures: 3,
        ejectionMs: 5000,
        maxEjectionMs: 60_000,
        minHealthy: 1,
        count5xx: false,
        countSlowerThanMs: 0,
      },
      retries: { attempts: 2, budgetPercent: 20, bufferBytes: 65_536, timeoutMs: 30_000 },
      timeouts: { connectMs: 3000, responseHeaderMs: 60_000, responseStallMs: 60_000 },
      connectionPool: { maxIdle: 256, idleMs: 4000 },
      queue: { maxWaiting: 1000, timeoutMs: 5000 },
      slowStartMs: 0,
      drainTimeoutMs: 600_000,
      whenAllDown: 'fail_fast',
      sticky: null,
    },
  ],
  tests: [],
};

function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  expect(Object.isFrozen(value)).toBe(true);
  for (const inner of Object.values(value)) expectFrozen(inner);
}

it('fills in every default', () => {
  expect(snapshotOf(smallest)).toEqual(snapshotOfSmallest);
});

it('freezes the snapshot to its last leaf', () => expectFrozen(snapshotOf(smallest)));

it('gives two files nothing in common, defaults included', () => {
  const [one, other] = [snapshotOf(smallest), snapshotOf(smallest)];
  expect(one).toEqual(other);
  expect(one.listeners[0]?.limits).not.toBe(other.listeners[0]?.limits);
});

it('reads CRLF and a byte order mark like any other file', () => {
  expect(snapshotOf(`\ufeff${smallest.replaceAll('\n', '\r\n')}`)).toEqual(snapshotOfSmallest);
});

it('gives a TCP listener the settings of TCP', () => {
  const text = smallest.replace('pool: web', 'pool: web, protocol: tcp');
  expect(snapshotOf(text).listeners).toEqual([
    {
      name: ':8080',
      bind: { kind: 'tcp', host: '', port: 8080 },
      protocol: 'tcp',
      timeouts: { idleMs: 3_600_000 },
      limits: { maxConnections: 0 },
      pool: 'web',
    },
  ]);
});

it('brings matchers into one form', () => {
  const match = '{ host: [A.example.com, a.EXAMPLE.com], path: /v1/, methods: [get, POST] }';
  const text = configWith({ route: `{ match: ${match} }` });
  expect(snapshotOf(text).listeners[0]).toMatchObject({
    routes: [
      {
        name: 'route-1',
        match: { hosts: ['a.example.com'], path: '/v1', methods: ['GET', 'POST'] },
      },
    ],
  });
  const single = configWith({ route: '{ match: { host: "*.example.com", path: / } }' });
  expect(snapshotOf(single).listeners[0]).toMatchObject({
    routes: [{ match: { hosts: ['*.example.com'], path: '/' } }],
  });
});

it('takes backends, sizes and networks in each of their spellings', () => {
  const snapshot = snapshotOf(
    [
      'global: { admin: off, state_file: /s.json, trusted_proxies: [10.1.2.3, "FD00::/8"] }',
      'listeners:',
      '  - { bind: ":80", pool: web, limits: { body_bytes: 5, header_bytes: 2KiB } }',
      'pools: { web: { backends: ["A:1", { address: b:2 }, { name: c, address: "unix:/c" }] } }',
    ].join('\n'),
  );
  expect(snapshot.global).toMatchObject({
    admin: null,
    stateFile: '/s.json',
    trustedProxies: ['10.1.2.3/32', 'fd00::/8'],
  });
  expect(snapshot.listeners[0]?.limits).toMatchObject({
    bodyBytes: 5,
    bodyRate: 240,
    headerBytes: 2048,
    targetBytes: 2048, // the default of 8KiB would be more than the head
  });
  expect(snapshot.pools[0]?.backends).toMatchObject([
    { name: 'A:1', address: { kind: 'tcp', host: 'a', port: 1 } },
    { name: 'b:2', address: { kind: 'tcp', host: 'b', port: 2 } },
    { name: 'c', address: { kind: 'unix', path: '/c' } },
  ]);
});

it('tells problems of all stages together, in file order', () => {
  const text = [
    'listeners:',
    '  - { bind: "${NOPE}", pool: wbe, timeouts: { idle: 60 } }',
    'pools:',
    '  web: { backends: [], backends: [] }',
  ].join('\n');
  expect(problemsOf(text).map((problem) => problem.split(': ')[0])).toEqual([
    '2:14',
    '2:30',
    '2:53',
    '4:20',
    '4:24',
  ]);
});

it('tells each of many problems', () => {
  const routes = Array.from({ length: 500 }, (_, n) => `      - { pool: pol-${n}, nme: x }`);
  const pools = Array.from({ length: 500 }, (_, n) => `  pool-${n}: { backends: ["a:1"] }`);
  const lines = ['listeners:', '  - bind: ":80"', '    routes:', ...routes, 'pools:', ...pools];
  expect(problemsOf(lines.join('\n'))).toHaveLength(1000 + 499); // and as many equal matchers
});

it('loads a file and what it names beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lb-load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'lb.yaml'), smallest.replace('pool: web', 'name_file: n, pool: web'));
  writeFileSync(join(folder, 'n'), 'from a file\n');
  const result = await loadConfig(join(folder, 'lb.yaml'), {});
  expect(result.ok && result.snapshot.listeners[0]?.name).toBe('from a file');
  writeFileSync(join(folder, 'n'), 'x'.repeat(100_000));
  const tooLarge = await loadConfig(join(folder, 'lb.yaml'), {});
  expect(!tooLarge.ok && tooLarge.problems[0]?.message).toContain('larger than 64 KiB');
  writeFileSync(join(folder, 'lb.yaml'), smallest.replace('pool: web', 'name_file: ., pool: web'));
  const notFile = await loadConfig(join(folder, 'lb.yaml'), {});
  expect(!notFile.ok && notFile.problems[0]?.message).toContain('not a regular file');
});

it.each([
  ['/missing/lb.yaml', 'cannot be read: there is no such file (ENOENT)'],
  ['/', 'cannot be read: it is a directory (EISDIR)'],
  ['/dev/zero', 'cannot be read: the file has 10 MB or more; needs to be smaller'],
  ['a\u0000b', 'cannot be read: ERR_INVALID_ARG_VALUE'],
])('has a problem with %j', async (file, message) => {
  expect(await loadConfig(file, {})).toEqual({
    ok: false,
    problems: [{ file, line: 0, column: 0, message, excerpt: null }],
  });
});

it('refuses the empty file and what is no map', () => {
  for (const text of ['', '# nothing', '---\n', '~']) {
    expect(problemsOf(text)).toEqual([
      expect.stringContaining(
        'the file: found nothing; needs a map with global, listeners, pools, health_checks',
      ),
    ]);
  }
  expect(parse('- 1').ok).toBe(false);
});

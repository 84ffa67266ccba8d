import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planOf, summaryOf } from '../../../src/daemon/plan.ts';
import { snapshotOf } from '../config/parse.ts';
import { configText, configuration } from './configurations.ts';

const snapshot = (listeners: string, pools: string, global = '{}') =>
  snapshotOf(`global: ${global}\nlisteners: ${listeners}\npools: ${pools}\n`);
const base = () =>
  snapshot(
    '[{ name: web, bind: ":1", routes: [{ name: api, pool: app, match: { path: /api } }, { name: all, pool: app }] }]',
    '{ app: { backends: [{ name: one, address: "a:1" }, { name: two, address: "b:1" }] } }',
  );

it('is empty for equal snapshots', () => {
  expect(planOf(base(), base())).toEqual([]);
});

it('tells what was added, changed and removed, of each kind', () => {
  const after = snapshot(
    `[{ name: web, bind: ":2", timeouts: { idle: 5s }, routes: [
      { name: api, pool: app, match: { path: /v2 } }, { name: more, pool: next } ] },
      { name: tcp, protocol: tcp, bind: ":3", pool: next }]`,
    `{ app: { algorithm: weighted_round_robin, backends: [{ name: one, address: "a:1", weight: 3 }, { name: three, address: "c:1" }] },
       next: { backends: ["d:1"] } }`,
    '{ log: { level: warn }, admin: off }',
  );
  expect(planOf(base(), after)).toEqual([
    {
      kind: 'global',
      name: '',
      change: 'changed',
      keys: [
        { key: 'log.level', from: 'info', to: 'warn' },
        { key: 'admin', from: { bind: '127.0.0.1:9901' }, to: 'off' },
      ],
    },
    {
      kind: 'listener',
      name: 'web',
      change: 'changed',
      keys: [
        { key: 'bind', from: ':1', to: ':2' },
        { key: 'timeouts.idle', from: '60s', to: '5s' },
      ],
    },
    {
      kind: 'route',
      name: 'web/api',
      change: 'changed',
      keys: [{ key: 'match.path', from: '/api', to: '/v2' }],
    },
    { kind: 'route', name: 'web/more', change: 'added', keys: [] },
    { kind: 'route', name: 'web/all', change: 'removed', keys: [] },
    { kind: 'listener', name: 'tcp', change: 'added', keys: [] },
    {
      kind: 'pool',
      name: 'app',
      change: 'changed',
      keys: [{ key: 'algorithm', from: 'round_robin', to: 'weighted_round_robin' }],
    },
    {
      kind: 'backend',
      name: 'app/one',
      change: 'changed',
      keys: [{ key: 'weight', from: 1, to: 3 }],
    },
    { kind: 'backend', name: 'app/three', change: 'added', keys: [] },
    { kind: 'backend', name: 'app/two', change: 'removed', keys: [] },
    { kind: 'pool', name: 'next', change: 'added', keys: [] },
  ]);
});

it('notices that backends stand in another order', () => {
  const pools = (names: string) =>
    snapshot('[{ bind: ":1", pool: app }]', `{ app: { backends: [${names}] } }`);
  expect(planOf(pools('"a:1", "b:1"'), pools('"b:1", "a:1", "c:1"'))).toEqual([
    {
      kind: 'pool',
      name: 'app',
      change: 'changed',
      keys: [{ key: 'backends', from: ['a:1', 'b:1'], to: ['b:1', 'a:1', 'c:1'] }],
    },
    { kind: 'backend', name: 'app/c:1', change: 'added', keys: [] },
  ]);
});

it('shows no secret', () => {
  const pools = (sticky: string) =>
    snapshot('[{ bind: ":1", pool: app }]', `{ app: { backends: ["a:1"], ${sticky} } }`);
  const old = 'sticky: { secret: an-old-secret-of-some-length-32-bytes }';
  const young = 'sticky: { secret: a-new-secret-of-some-length-32-bytes }';
  for (const [from, to] of [
    [old, young],
    ['slow_start: 0s', young],
    [old, 'slow_start: 0s'],
  ] as const) {
    const plan = planOf(pools(from), pools(to));
    expect(plan).toHaveLength(1);
    expect(JSON.stringify(plan)).not.toContain('-secret-');
  }
});

it('names a pool whose module has changed, though its configuration has not', () => {
  const mine = snapshotOf(
    'listeners: [{ bind: ":1", pool: app }]\npools: { app: { algorithm: ./mine.js, backends: ["a:1"] } }\n',
  );
  const [pool] = mine.pools;
  const plan = planOf(mine, mine, new Set([pool!.algorithm.name]));
  expect(summaryOf(plan)).toEqual(['changed pool app: algorithm']);
});

it('is told in lines without values', () => {
  const after = snapshot(
    '[{ name: web, bind: ":1", pool: app }]',
    '{ app: { backends: [{ name: one, address: "a:9", weight: 1 }] } }',
    '{ trusted_proxies: [10.0.0.0/8], drain_timeout: 5m }',
  );
  expect(summaryOf(planOf(base(), after))).toEqual([
    'changed global: drain_timeout, trusted_proxies',
    'added route web/app',
    'removed route web/api',
    'removed route web/all',
    'changed pool app: drain_timeout',
    'changed backend app/one: address',
    'removed backend app/two',
  ]);
});

it('is empty exactly when the snapshots are equal', () => {
  fc.assert(
    fc.property(configuration(), configuration(), (one, other) => {
      const [a, b] = [snapshotOf(configText(one)), snapshotOf(configText(other))];
      expect(planOf(a, a)).toEqual([]);
      expect(planOf(a, b).length === 0).toBe(isEqualButForOrder(a, b));
    }),
  );
});

/** The order of listeners and pools means nothing. */
function isEqualButForOrder(a: ReturnType<typeof base>, b: ReturnType<typeof base>): boolean {
  const sorted = ({ global, listeners, pools }: ReturnType<typeof base>) =>
    JSON.stringify([
      global,
      listeners.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      pools.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    ]);
  return sorted(a) === sorted(b);
}

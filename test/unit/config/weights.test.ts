import { expect, it } from 'vitest';
import { problemsOf, snapshotOf } from './parse.ts';

/** One pool `web` of these backends, behind one listener with these routes or none. */
const text = (pool: string, backends: string, routes = 'pool: web') =>
  [
    `listeners: [{ bind: ":80", ${routes} }]`,
    'pools:',
    `  web: { ${pool}, backends: [${backends}] }`,
  ].join('\n');

const equal = '{ address: "a:1", weight: 3 }, { address: "b:1", weight: 3 }';
const different = '{ address: "a:1", weight: 3 }, "b:1"';

it('reads what a pool is told of its backends', () => {
  const pool = snapshotOf(
    text(
      'algorithm: weighted_round_robin, slow_start: 30s, when_all_down: try_all, queue: { max_waiting: 5, timeout: 1s }',
      '{ address: "a:1", weight: 0, max_connections: 20 }, { address: "b:1", backup: true }',
    ),
  ).pools[0];
  expect(pool).toMatchObject({
    backends: [
      { weight: 0, maxConnections: 20, backup: false },
      { weight: 1, maxConnections: 0, backup: true },
    ],
    slowStartMs: 30_000,
    whenAllDown: 'try_all',
    queue: { maxWaiting: 5, timeoutMs: 1000 },
  });
});

it('reads the algorithm of a route', () => {
  const routes = 'routes: [{ pool: web, algorithm: random }]';
  const [listener] = snapshotOf(text('algorithm: round_robin', equal, routes)).listeners;
  expect(listener).toMatchObject({ routes: [{ algorithm: { name: 'random', options: {} } }] });
});

it.each([
  ['equal weights', 'algorithm: round_robin', equal],
  ['a weight of 0', 'algorithm: round_robin', '{ address: "a:1", weight: 0 }, "b:1"'],
  [
    'a backup of another weight',
    'algorithm: random',
    '"a:1", { address: "b:1", weight: 3, backup: true }',
  ],
  ['an algorithm that goes by weights', 'algorithm: weighted_random', different],
  [
    'a slow start with such an algorithm',
    'algorithm: { name: weighted_random }, slow_start: 1s',
    different,
  ],
  ['the algorithm of a module', 'algorithm: ./mine.js, slow_start: 1s', different],
])('takes %s', (_, pool, backends) => {
  expect(problemsOf(text(pool, backends))).toEqual([]);
});

it('refuses weights that the algorithm ignores', () => {
  expect(problemsOf(text('algorithm: least_connections', different))).toEqual([
    expect.stringMatching(
      /^3:\d+: pools\.web\.backends\[1\]\.weight: 1 is not the 3 of another backend, and least_connections ignores weights; needs equal ones, or one of weighted_round_robin, weighted_least_connections, /,
    ),
  ]);
});

it('refuses a slow start with an algorithm that ignores weights', () => {
  expect(problemsOf(text('algorithm: random, slow_start: 10s', equal))).toEqual([
    expect.stringMatching(
      /^3:\d+: pools\.web\.slow_start: "10s": slow_start works by weights, which random ignores; needs one of weighted_round_robin, /,
    ),
  ]);
});

it('refuses the algorithm of a route that ignores what its pool says', () => {
  const routes = 'routes: [{ pool: web, algorithm: random }]';
  const pool = 'algorithm: weighted_random, slow_start: 10s';
  expect(problemsOf(text(pool, different, routes))).toEqual([
    expect.stringContaining('routes[0].algorithm: "random": a weight is not the 3'),
    expect.stringContaining('routes[0].algorithm: "random": slow_start works by weights'),
  ]);
});

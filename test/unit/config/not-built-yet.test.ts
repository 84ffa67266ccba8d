import { expect, it } from 'vitest';
import { configWith, problemsOf } from './parse.ts';

const notSupported = (key: string) =>
  expect.stringContaining(`\`${key}\` is not supported by this version of lb; remove it`);

it.each(['control', 'state_file', 'drain_timeout'])('refuses global.%s', (key) => {
  expect(problemsOf(configWith({ global: `{ ${key}: x }` }))).toEqual([notSupported(key)]);
});

it.each([
  ...['sticky', 'health_check', 'passive_health', 'when_all_down', 'queue', 'slow_start'],
  'drain_timeout',
])('refuses %s in a pool', (key) => {
  expect(problemsOf(configWith({ pool: `{ ${key}: {} }` }))).toEqual([notSupported(key)]);
});

it.each(['weight', 'max_connections', 'backup'])('refuses %s of a backend', (key) => {
  const text = `listeners: [{ bind: ":80", pool: web }]\npools: { web: { backends: [{ address: "a:1", ${key}: 1 }] } }`;
  expect(problemsOf(text)).toEqual([notSupported(key)]);
});

it('refuses a retry budget and named health checks, even empty ones', () => {
  const text = `${configWith({ pool: '{ retries: { budget: 20% } }' })}health_checks: {}\n`;
  expect(problemsOf(text)).toEqual([notSupported('budget'), notSupported('health_checks')]);
});

it.each([
  ...['weighted_round_robin', 'least_connections', 'weighted_least_connections', 'ip_hash'],
  ...['consistent_hash', 'random', 'power_of_two', 'least_response_time', './my-algorithm.js'],
])('refuses the algorithm %s and names those that there are', (algorithm) => {
  expect(problemsOf(configWith({ pool: `{ algorithm: ${algorithm} }` }))).toEqual([
    expect.stringContaining(
      `"${algorithm}" is not supported by this version of lb; needs round_robin`,
    ),
  ]);
});

it('calls a key of another place unknown there', () => {
  expect(problemsOf(configWith({ listener: '{ health_check: {} }' }))).toEqual([
    expect.stringContaining('listeners[0].health_check: unknown key; known here: '),
  ]);
});

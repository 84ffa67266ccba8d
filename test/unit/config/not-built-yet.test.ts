import { expect, it } from 'vitest';
import { configWith, problemsOf } from './parse.ts';

const notSupported = (key: string) =>
  expect.stringContaining(`\`${key}\` is not supported by this version of lb; remove it`);

it.each(['control', 'state_file', 'drain_timeout'])('refuses global.%s', (key) => {
  expect(problemsOf(configWith({ global: `{ ${key}: x }` }))).toEqual([notSupported(key)]);
});

it('refuses drain_timeout in a pool', () => {
  const key = 'drain_timeout';
  expect(problemsOf(configWith({ pool: `{ ${key}: {} }` }))).toEqual([notSupported(key)]);
});

it('refuses a retry budget', () => {
  const text = configWith({ pool: '{ retries: { budget: 20% } }' });
  expect(problemsOf(text)).toEqual([notSupported('budget')]);
});

it('calls a key of another place unknown there', () => {
  expect(problemsOf(configWith({ listener: '{ health_check: {} }' }))).toEqual([
    expect.stringContaining('listeners[0].health_check: unknown key; known here: '),
  ]);
});

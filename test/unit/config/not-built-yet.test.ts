import { expect, it } from 'vitest';
import { configWith, problemsOf } from './parse.ts';

const notSupported = (key: string) =>
  expect.stringContaining(`\`${key}\` is not supported by this version of lb; remove it`);

it.each(['control'])('refuses global.%s', (key) => {
  expect(problemsOf(configWith({ global: `{ ${key}: x }` }))).toEqual([notSupported(key)]);
});

it('calls a key of another place unknown there', () => {
  expect(problemsOf(configWith({ listener: '{ health_check: {} }' }))).toEqual([
    expect.stringContaining('listeners[0].health_check: unknown key; known here: '),
  ]);
});

import { expect, it } from 'vitest';
import { headText, parseResponse } from './parse-head.ts';

function secondsOf(...lines: readonly string[]): number {
  return parseResponse(headText('HTTP/1.1 204 No Content', ...lines)).keepAliveSeconds;
}

it.each([
  ['timeout=5', 5],
  ['timeout=0', 0],
  ['Timeout=65, max=100', 65],
  ['max=100, timeout=65', 65],
  ['max=100,timeout=65', 65],
])('reads Keep-Alive: %s', (value, seconds) => {
  expect(secondsOf(`Keep-Alive: ${value}`)).toBe(seconds);
});

it.each(['max=100', 'timeout', 'timeout=', 'timeout=x', 'timeout=-1', 'x-timeout=5', ''])(
  'finds no time in Keep-Alive: %s',
  (value) => expect(secondsOf(`Keep-Alive: ${value}`)).toBeLessThan(0),
);

it('does not look for it where the field ends', () => {
  expect(secondsOf('Keep-Alive: max=1, timeout=', 'Age: 5')).toBeLessThan(0);
});

it('forgets what another response has said', () => {
  const head = parseResponse(headText('HTTP/1.1 204 No Content', 'Keep-Alive: timeout=5'));
  head.parser.fields.reset();
  head.read('GET');
  expect(head.keepAliveSeconds).toBeLessThan(0);
});

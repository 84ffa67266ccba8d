import { expect, it } from 'vitest';
import { Retries } from '../../../src/pool/retries.ts';

it('always allows three at once for each backend', () => {
  const retries = new Retries();
  const answers = Array.from({ length: 4 }, () => retries.charge(1, 1, 0));
  expect(answers).toEqual([true, true, true, false]);
  expect(retries.refused).toBe(1);
  const more = Array.from({ length: 10 }, () => retries.charge(4, 1, 0));
  expect(more.filter((answer) => answer)).toHaveLength(9);
});

it('allows a share of what is in flight', () => {
  const retries = new Retries();
  const answers = Array.from({ length: 21 }, () => retries.charge(2, 100, 20));
  expect(answers.filter((answer) => answer)).toHaveLength(20);
  expect(retries.charge(2, 110, 20)).toBe(true);
});

it('allows another one when one has ended', () => {
  const retries = new Retries();
  for (let at = 0; at < 3; at++) retries.charge(1, 1, 20);
  retries.refund();
  expect(retries.charge(1, 1, 20)).toBe(true);
  expect(retries.charge(1, 1, 20)).toBe(false);
});

it('counts by reason', () => {
  const retries = new Retries();
  retries.count('backend_reset');
  retries.count('connect_refused');
  retries.count('backend_reset');
  expect([...retries.counts]).toEqual([
    ['backend_reset', 2],
    ['connect_refused', 1],
  ]);
});

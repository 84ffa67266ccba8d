import { expect, it } from 'vitest';
import { halfLoadRates } from '../../../bench/load/half-load.ts';

const capacities = new Map([
  ['lb', 60_000],
  ['nginx', 80_000],
  ['floor', 120_000],
  ['caddy', 11_001],
]);

it('loads all with half of what the slower of the compared peers can, and slower ones with half of their own', () => {
  expect([...halfLoadRates(capacities, ['lb', 'nginx'])]).toEqual([
    ['lb', 30_000],
    ['nginx', 30_000],
    ['floor', 30_000],
    ['caddy', 5500],
  ]);
});

it('takes each one by itself when none of the compared ones is there', () => {
  expect(halfLoadRates(capacities, ['haproxy']).get('floor')).toBe(60_000);
});

import { expect, it } from 'vitest';
import { powerOfTwo } from '../../../src/balancing/power-of-two.ts';
import { changeLoad, contextWith, countUnderLoad, evenTargets, targetsOf } from './fixtures.ts';

it('never picks the most loaded of two', () => {
  const targets = evenTargets(2);
  const picker = powerOfTwo.build(targets, {}, contextWith());
  changeLoad(picker, targets, 0, 1);
  const picks = Array.from({ length: 200 }, () => picker.pick(0));
  // Both draws may be the same backend, four times in a row: one pick in 32.
  expect(picks.filter((index) => index === 0).length).toBeLessThan(20);
});

it('keeps loads far closer together than chance does', () => {
  const targets = evenTargets(100);
  const picker = powerOfTwo.build(targets, {}, contextWith());
  countUnderLoad(picker, targets, 10_000, 1000);
  const most = Math.max(...targets.map(({ active }) => active));
  expect(most).toBeLessThanOrEqual(14); // of 10 on average; at random there is one with about 18
});

it('compares in flight per weight', () => {
  const targets = targetsOf([4, 1]);
  const picker = powerOfTwo.build(targets, {}, contextWith());
  changeLoad(picker, targets, 0, 3);
  changeLoad(picker, targets, 1, 1);
  const light = Array.from({ length: 300 }, () => picker.pick(0)).filter((index) => index === 1);
  expect(light.length).toBeLessThan(10); // 3/4 against 1: only where all draws were the light one
});

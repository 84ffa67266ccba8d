import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { weightedLeastConnections } from '../../../src/balancing/weighted-least-connections.ts';
import {
  changeLoad,
  contextWith,
  countPicks,
  countUnderLoad,
  evenTargets,
  targetsOf,
} from './fixtures.ts';

it('picks the one with the fewest in flight, as that changes', () => {
  const targets = evenTargets(3);
  const picker = leastConnections.build(targets, {}, contextWith());
  changeLoad(picker, targets, 0, 2);
  changeLoad(picker, targets, 1, 1);
  changeLoad(picker, targets, 2, 3);
  expect(picker.pick(0)).toBe(1);
  changeLoad(picker, targets, 1, 5);
  expect(picker.pick(0)).toBe(0);
  changeLoad(picker, targets, 2, -3);
  expect(picker.pick(0)).toBe(2);
});

it('begins with what is in flight when it is built', () => {
  const targets = evenTargets(2);
  targets[0]!.active = 4;
  expect(leastConnections.build(targets, {}, contextWith()).pick(0)).toBe(1);
});

it('keeps away from a backend that answers nothing', () => {
  const targets = evenTargets(3);
  const picker = leastConnections.build(targets, {}, contextWith());
  changeLoad(picker, targets, 0, 10); // and these stay
  const [stuck, ...others] = countUnderLoad(picker, targets, 3000, 6);
  expect(stuck).toBe(0);
  expect(others).toEqual([1500, 1500]);
});

it('compares connections per weight', () => {
  const targets = targetsOf([4, 1]);
  const picker = weightedLeastConnections.build(targets, {}, contextWith());
  changeLoad(picker, targets, 0, 3);
  changeLoad(picker, targets, 1, 1);
  expect(picker.pick(0)).toBe(0); // 3/4 against 1
  changeLoad(picker, targets, 0, 2);
  expect(picker.pick(0)).toBe(1); // 5/4
});

it('lets equals take turns, in proportion to their weights', () => {
  const even = leastConnections.build(evenTargets(3), {}, contextWith());
  expect(Array.from({ length: 6 }, () => even.pick(0))).toEqual([0, 1, 2, 0, 1, 2]);
  const weighted = weightedLeastConnections.build(targetsOf([3, 1]), {}, contextWith());
  expect(countPicks(weighted, 2, 400)).toEqual([300, 100]);
});

it('makes nobody catch up on the turns it missed while it was busy', () => {
  const targets = evenTargets(2);
  const picker = leastConnections.build(targets, {}, contextWith());
  changeLoad(picker, targets, 0, 1);
  countPicks(picker, 2, 1000); // all to b1
  changeLoad(picker, targets, 0, -1);
  expect(countPicks(picker, 2, 20)).toEqual([10, 10]);
});

it('never picks one while another has less in flight per weight', () => {
  const change = fc.record({ index: fc.nat(9), active: fc.nat(30) });
  const weights = fc.array(fc.constantFrom(0.5, 1, 2, 3), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(weights, fc.array(change, { maxLength: 60 }), (drawn, changes) => {
      const targets = targetsOf(drawn);
      const picker = weightedLeastConnections.build(targets, {}, contextWith());
      for (const { index, active } of changes) {
        const changed = index % targets.length;
        changeLoad(picker, targets, changed, active - targets[changed]!.active);
        const loads = targets.map((target) => target.active / target.weight);
        expect(loads[picker.pick(0)]).toBe(Math.min(...loads));
      }
    }),
  );
});

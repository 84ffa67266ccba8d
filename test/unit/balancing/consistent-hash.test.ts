import { expect, it } from 'vitest';
import { consistentHash } from '../../../src/balancing/consistent-hash.ts';
import {
  changeLoad,
  contextWith,
  countPicks,
  evenTargets,
  keyNumber,
  type TestTarget,
  targetsOf,
} from './fixtures.ts';

function pickerOf(targets: readonly TestTarget[], bounded_load?: number) {
  const load = bounded_load === undefined ? {} : { bounded_load };
  const options = { key: 'client_ip' as const, virtual_nodes: 512, ...load };
  return consistentHash.build(targets, options, contextWith());
}

it('keeps every backend within its bound, however uneven the keys', () => {
  const targets = targetsOf([1, 1, 2]);
  const picker = pickerOf(targets, 1.25);
  for (let total = 0; total < 400; total++) {
    const index = picker.pick(keyNumber(total % 3)); // three keys, of which two could share a backend
    changeLoad(picker, targets, index, 1);
    const { active, weight } = targets[index]!;
    expect(active).toBeLessThanOrEqual(Math.ceil((1.25 * (total + 1) * weight) / 4));
  }
});

it('sends a key to its own backend as long as that is within its bound', () => {
  const targets = evenTargets(5);
  const [bounded, unbounded] = [pickerOf(targets, 1.25), pickerOf(targets)];
  for (let turn = 0; turn < 500; turn++) {
    expect(bounded.pick(keyNumber(turn))).toBe(unbounded.pick(keyNumber(turn)));
  }
});

it('raises the bound with what is in flight', () => {
  const targets = evenTargets(5);
  const [bounded, unbounded] = [pickerOf(targets, 1.25), pickerOf(targets)];
  for (const index of targets.keys()) changeLoad(bounded, targets, index, 40 + index);
  for (let turn = 0; turn < 500; turn++) {
    expect(bounded.pick(keyNumber(turn))).toBe(unbounded.pick(keyNumber(turn)));
  }
});

it('brings a key back when its backend has room again', () => {
  const targets = evenTargets(4);
  const picker = pickerOf(targets, 1.25);
  const own = picker.pick(7);
  changeLoad(picker, targets, own, 50);
  const other = picker.pick(7);
  expect(other).not.toBe(own);
  expect(picker.pick(7)).toBe(other); // the next on the ring, not just any
  changeLoad(picker, targets, own, -50);
  expect(picker.pick(7)).toBe(own);
});

it('keeps its ring when it gets a bound, or loses it', () => {
  const targets = evenTargets(4);
  const before = pickerOf(targets);
  const options = { key: 'client_ip' as const, virtual_nodes: 512, bounded_load: 2 };
  const after = consistentHash.build(targets, options, contextWith({ previous: before }));
  expect(countPicks(after, 4, 1000)).toEqual(countPicks(before, 4, 1000));
});

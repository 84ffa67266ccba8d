import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Picker } from '../../../src/balancing/algorithm.ts';
import { weightedRoundRobin } from '../../../src/balancing/weighted-round-robin.ts';
import { contextWith, countPicks, targetsOf } from './fixtures.ts';

function pickerOf(weights: readonly number[], previous: Picker | null = null): Picker {
  return weightedRoundRobin.build(targetsOf(weights), {}, contextWith({ previous }));
}

function sequence(picker: Picker, length: number): string {
  return Array.from({ length }, () => 'abcdefghijklmnop'[picker.pick(0)]).join(' ');
}

/** As in ngx_http_upstream_round_robin.c: everyone gains its weight, the greatest pays for all. */
class NginxModel {
  readonly #weights: readonly number[];
  readonly #current: number[];

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#current = weights.map(() => 0);
  }

  pick(): number {
    let best = -1;
    for (const [index, weight] of this.#weights.entries()) {
      this.#current[index]! += weight;
      if (best === -1 || this.#current[index]! > this.#current[best]!) best = index;
    }
    this.#current[best]! -= this.#weights.reduce((sum, weight) => sum + weight, 0);
    return best;
  }
}

it.each([
  ['5:1:1', [5, 1, 1], 'a a b a c a a a a b a c a a'],
  ['4:2:1', [4, 2, 1], 'a b a c a b a a b a c a b a'],
  ['1:1:1', [1, 1, 1], 'a b c a b c'],
  ['1', [1], 'a a a'],
])('picks for %s what nginx picks', (_, weights, expected) => {
  expect(sequence(pickerOf(weights), expected.split(' ').length)).toBe(expected);
});

it('picks what nginx picks, whatever the weights', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(weights, (drawn) => {
      const picker = pickerOf(drawn);
      const model = new NginxModel(drawn);
      for (let turn = 0; turn < 300; turn++) expect(picker.pick(0)).toBe(model.pick());
    }),
  );
});

it('still does after millions of picks', () => {
  const weights = [7, 3, 11, 1];
  const picker = pickerOf(weights);
  const model = new NginxModel(weights);
  let differences = 0;
  for (let turn = 0; turn < 2_200_000; turn++) if (picker.pick(0) !== model.pick()) differences++;
  expect(differences).toBe(0);
});

it('goes on where the picker before was', () => {
  const whole = sequence(pickerOf([5, 1, 1]), 14);
  for (let cut = 0; cut < 14; cut++) {
    const first = pickerOf([5, 1, 1]);
    const start = cut === 0 ? [] : [sequence(first, cut)];
    const rest = sequence(pickerOf([5, 1, 1], first), 14 - cut);
    expect([...start, rest].join(' ')).toBe(whole);
  }
});

it('makes nobody wait for what an older, greater weight had it owe', () => {
  const before = pickerOf([1, 1000]);
  for (let turn = 0; turn < 501; turn++) before.pick(0); // b0 has just had its only turn of a thousand
  const counts = countPicks(pickerOf([1, 1], before), 2, 12);
  expect(Math.abs(counts[0]! - 6)).toBeLessThanOrEqual(1);
});

it('gives no burst to a backend that flaps, however often', () => {
  let picker = pickerOf([1, 1, 1, 1]);
  for (let flap = 0; flap < 100; flap++) {
    countPicks(picker, 4, 3); // b3 would be next
    picker = pickerOf([1, 1, 1], picker);
    countPicks(picker, 3, 4);
    picker = pickerOf([1, 1, 1, 1], picker);
  }
  const [, , , flapping] = countPicks(picker, 4, 12);
  expect(flapping).toBeLessThanOrEqual(4);
});

it('warms a backend up without a burst', () => {
  let picker = pickerOf([1, 1, 1]);
  for (const warming of [0.1, 0.3, 0.6, 1]) {
    picker = pickerOf([1, 1, warming], picker);
    const counts = countPicks(picker, 3, 100);
    expect(Math.abs(counts[2]! - (100 * warming) / (2 + warming))).toBeLessThan(2);
  }
});

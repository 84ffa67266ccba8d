import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Algorithm, BuildContext, Picker } from '../../../src/balancing/algorithm.ts';
import { algorithms } from '../../../src/balancing/catalog.ts';
import {
  contextWith,
  countPicks,
  countUnderLoad,
  defaultOptions,
  evenTargets,
  keyNumber,
  seeded,
  TestTarget,
  targetsOf,
} from './fixtures.ts';

/**
 * How far a share of 10,000 picks may be from what the weights say, relative to that share. Turns are exact; random picks
 * have a standard deviation of 3 % for a share of a tenth; a ring of 512 points per weight has one of 4.4 %.
 */
const bounds: Readonly<Record<string, number>> = {
  round_robin: 0.001,
  weighted_round_robin: 0.001,
  least_connections: 0.005,
  weighted_least_connections: 0.02,
  ip_hash: 0.06,
  consistent_hash: 0.15,
  random: 0.1,
  weighted_random: 0.1,
  power_of_two: 0.1,
  least_response_time: 0.1,
};

function build(
  algorithm: Algorithm,
  targets: readonly TestTarget[],
  context: Partial<BuildContext> = {},
): Picker {
  return algorithm.build(targets, defaultOptions(algorithm), contextWith(context));
}

function expectShares(counts: readonly number[], weights: readonly number[], bound: number): void {
  const picks = counts.reduce((sum, count) => sum + count, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    const share = (picks * weight) / total;
    expect(Math.abs(counts[index]! - share) / share, `b${index}: ${counts}`).toBeLessThan(bound);
  }
}

/** Bytes this thread ever allocated on the V8 heap. Missing before Node 26, and in @types/node. */
function allocatedBytes(): number {
  const statistics: object = getHeapStatistics();
  if (!('total_allocated_bytes' in statistics)) throw new Error('needs Node 26');
  return Number(statistics.total_allocated_bytes);
}

/** One round of the life of a pool: who is eligible with which weight, and what happens then. */
const round = fc.record({
  eligible: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
  weights: fc.array(fc.double({ min: 0.01, max: 20, noNaN: true }), {
    minLength: 6,
    maxLength: 6,
  }),
  latencies: fc.array(fc.constantFrom(0, 0.5, 20, 10_000), { minLength: 6, maxLength: 6 }),
  steps: fc.array(fc.record({ key: fc.integer(), index: fc.nat(5), active: fc.nat(20) }), {
    maxLength: 20,
  }),
});

it('states a bound for each algorithm of the catalog', () => {
  expect(Object.keys(bounds)).toEqual(algorithms.map(({ name }) => name));
});

describe.each(algorithms)('$name', (algorithm) => {
  it('answers with an index of the eligible through any sequence of flips, weights and loads', () => {
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 6 }), fc.nat(), (rounds, seed) => {
        const random = seeded(seed);
        let previous: Picker | null = null;
        for (const { eligible, weights, latencies, steps } of rounds) {
          const targets = eligible.map((n) => new TestTarget(`b${n}`, weights[n]));
          for (const [index, target] of targets.entries()) target.latencyMs = latencies[index]!;
          const picker = build(algorithm, targets, { previous, random });
          for (const { key, index, active } of steps) {
            const changed = index % targets.length;
            targets[changed]!.active = active;
            picker.loadChanged?.(changed);
            const picked = picker.pick(key);
            expect(targets[picked], `picked ${picked} of ${targets.length}`).toBeDefined();
          }
          previous = picker;
        }
      }),
      // Tables of hashes take milliseconds to build.
      { numRuns: algorithm.key === undefined ? 200 : 20 },
    );
  });

  it('picks the only one', () => {
    const picker = build(algorithm, evenTargets(1));
    expect(countPicks(picker, 1, 100)).toEqual([100]);
  });

  it('makes the same choices with the same generator', () => {
    const [one, other] = [1, 2].map(() =>
      build(algorithm, targetsOf([3, 1, 2]), { random: seeded(7) }),
    );
    for (let turn = 0; turn < 200; turn++) {
      expect(one!.pick(keyNumber(turn))).toBe(other!.pick(keyNumber(turn)));
    }
  });

  it('gives equal backends equal shares of 10,000 picks, idle or not', () => {
    const targets = evenTargets(4);
    const idle = countPicks(build(algorithm, targets), 4, 10_000);
    expectShares(idle, [1, 1, 1, 1], bounds[algorithm.name]!);
    const busy = countUnderLoad(build(algorithm, targets), targets, 10_000, 40);
    expectShares(busy, [1, 1, 1, 1], bounds[algorithm.name]!);
  });

  it('is fair again after a flap', () => {
    const all = evenTargets(4);
    const before = build(algorithm, all);
    countPicks(before, 4, 1001);
    const without = build(algorithm, all.slice(0, 3), { previous: before });
    countPicks(without, 3, 501);
    const after = build(algorithm, all, { previous: without, random: seeded(2) });
    // The first moments too: who comes back has nothing to catch up on, and pays for nothing.
    if (bounds[algorithm.name]! < 0.05) {
      const soon = countPicks(after, 4, 40);
      for (const count of soon) expect(Math.abs(count - 10)).toBeLessThanOrEqual(1);
    }
    expectShares(countPicks(after, 4, 10_000), [1, 1, 1, 1], bounds[algorithm.name]!);
  });

  it('favours nobody when it is built anew for each pick', () => {
    const targets = evenTargets(4);
    const random = seeded(3);
    const counts = [0, 0, 0, 0];
    let picker = build(algorithm, targets, { random });
    for (let turn = 0; turn < 400; turn++) {
      picker = build(algorithm, targets, { random, previous: picker });
      const index = picker.pick(keyNumber(turn));
      counts[index] = counts[index]! + 1;
    }
    const slack = bounds[algorithm.name]! < 0.05 ? 0 : 35; // by chance: four standard deviations
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(slack);
  });

  it('allocates nothing in steady state', () => {
    const targets = targetsOf(
      Array.from({ length: 50 }, (_, n) => (algorithm.weighted ? 1 + (n % 7) : 1)),
    );
    for (const target of targets) target.latencyMs = 20;
    const picker = build(algorithm, targets);
    const picks = 500_000; // what V8 counts grows in steps of many KiB
    const run = () => {
      let sum = 0;
      for (let turn = 0; turn < picks; turn++) {
        const index = picker.pick(keyNumber(turn));
        const target = targets[index]!;
        target.active = (target.active + 1) & 7;
        picker.loadChanged?.(index);
        sum += index;
      }
      return sum;
    };
    // Until its code is compiled a run may allocate; one that does not shows that none has to.
    let least = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 20 && least > picks; attempt++) {
      const before = allocatedBytes();
      run();
      least = Math.min(least, allocatedBytes() - before);
    }
    expect(least, 'bytes in 500,000 picks').toBeLessThan(picks);
  });
});

describe.each(algorithms.filter(({ weighted }) => weighted))('$name, weighted', (algorithm) => {
  it('respects weights over 10,000 picks', () => {
    const weights = [1, 2, 3, 4];
    const targets = targetsOf(weights);
    for (const target of targets) target.latencyMs = 20;
    const counts = countUnderLoad(build(algorithm, targets), targets, 10_000, 200);
    expectShares(counts, weights, bounds[algorithm.name]!);
  });

  it('respects the part of a weight that a backend warms up with', () => {
    const weights = [0.25, 1, 1];
    const targets = targetsOf(weights);
    for (const target of targets) target.latencyMs = 20;
    const counts = countUnderLoad(build(algorithm, targets), targets, 10_000, 200);
    expectShares(counts, weights, 1.5 * bounds[algorithm.name]!);
  });
});

describe.each(algorithms.filter(({ weighted }) => !weighted))(
  '$name, not weighted',
  (algorithm) => {
    it('takes no notice of weights', () => {
      const counts = countPicks(build(algorithm, targetsOf([1, 5, 1])), 3, 10_000);
      expectShares(counts, [1, 1, 1], bounds[algorithm.name]!);
    });
  },
);

describe.each(algorithms.filter(({ key }) => key !== undefined))('$name, by key', (algorithm) => {
  it('is not changed by being asked, so that people may ask', () => {
    const [asked, spared] = [1, 2].map(() => build(algorithm, evenTargets(5)));
    for (let turn = 0; turn < 1000; turn++) {
      for (let again = 0; again < turn % 4; again++) asked!.pick(keyNumber(turn + again));
      expect(asked!.pick(keyNumber(turn))).toBe(spared!.pick(keyNumber(turn)));
    }
  });

  it('sends a key back where it was before a flap', () => {
    const all = evenTargets(5);
    const before = build(algorithm, all);
    const without = build(algorithm, all.slice(1), { previous: before });
    const after = build(algorithm, all, { previous: without });
    for (let turn = 0; turn < 5000; turn++) {
      expect(after.pick(keyNumber(turn))).toBe(before.pick(keyNumber(turn)));
    }
  });
});

describe.each(algorithms.filter(({ key }) => key === undefined))(
  '$name, without key',
  (algorithm) => {
    it('needs no key', () => {
      const picker = build(algorithm, evenTargets(2));
      expect(new Set(Array.from({ length: 100 }, () => picker.pick(0))).size).toBe(2);
    });
  },
);

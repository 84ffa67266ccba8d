import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picker, Target } from '../../../src/balancing/algorithm.ts';
import { consistentHash } from '../../../src/balancing/consistent-hash.ts';
import { ipHash } from '../../../src/balancing/ip-hash.ts';
import { contextWith, defaultOptions, keyNumber, TestTarget } from './fixtures.ts';

const KEYS = 40_000;

/** Backends as they are named when lb.yaml names none, in any order, of any weights. */
const backends = fc
  .uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 3, maxLength: 20 })
  .map((hosts) => hosts.map((host) => new TestTarget(`10.0.0.${host}:3000`)));
const weighted = fc
  .tuple(backends, fc.array(fc.constantFrom(0.5, 1, 2, 3, 10), { minLength: 20, maxLength: 20 }))
  .map(([targets, weights]) => targets.map(({ name }, n) => new TestTarget(name, weights[n])));

describe.each([ipHash, consistentHash])('$name', (algorithm) => {
  const build = (targets: readonly Target[], previous: Picker | null = null): Picker =>
    algorithm.build(targets, defaultOptions(algorithm) as never, contextWith({ previous }));
  const ownersOf = (targets: readonly Target[], picker: Picker): readonly Target[] =>
    Array.from({ length: KEYS }, (_, turn) => targets[picker.pick(keyNumber(turn))]!);

  it('moves, when one backend is removed, the keys of that one alone', () => {
    fc.assert(
      fc.property(weighted, fc.nat(), (targets, choice) => {
        const removed = targets[choice % targets.length]!;
        const rest = targets.filter((target) => target !== removed);
        const picker = build(targets);
        const before = ownersOf(targets, picker);
        for (const after of [build(rest), build(rest, picker)].map((p) => ownersOf(rest, p))) {
          const moved = before.filter((owner, key) => owner !== removed && owner !== after[key]);
          expect(moved).toEqual([]);
          expect(after).not.toContain(removed);
        }
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('moves, when one backend is added, 1/n ± 20 % of the keys, and only to that one', () => {
    fc.assert(
      fc.property(backends, ([added, ...rest]) => {
        const before = ownersOf(rest, build(rest));
        const all = [...rest, added!];
        const after = ownersOf(all, build(all));
        const moved = after.filter((owner, key) => owner !== before[key]);
        expect(moved.every((owner) => owner === added)).toBe(true);
        const share = (moved.length * all.length) / KEYS;
        expect(share).toBeGreaterThan(0.8);
        expect(share).toBeLessThan(1.2);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('spreads the keys of a removed backend over all others', () => {
    const targets = Array.from({ length: 5 }, (_, n) => new TestTarget(`10.0.0.${n}:80`));
    const before = ownersOf(targets, build(targets));
    const rest = targets.slice(1);
    const after = ownersOf(rest, build(rest));
    const heirs = after.filter((_, key) => before[key] === targets[0]);
    for (const heir of rest) {
      const inherited = heirs.filter((target) => target === heir).length;
      expect(inherited / heirs.length).toBeGreaterThan(0.15); // a quarter each
    }
  });

  it('does not depend on the order in which backends are listed', () => {
    const targets = Array.from({ length: 7 }, (_, n) => new TestTarget(`b${n}`, 1 + (n % 3)));
    const reversed = targets.toReversed();
    expect(ownersOf(reversed, build(reversed))).toEqual(ownersOf(targets, build(targets)));
  });

  it('gives a backend that warms up more of its keys with each step, and takes none from others', () => {
    const [one, two] = [new TestTarget('b1'), new TestTarget('b2')];
    let owners: readonly Target[] = [];
    for (const weight of [0.2, 0.5, 1]) {
      const warming = new TestTarget('b0', weight);
      const targets = [warming, one, two];
      const now = ownersOf(targets, build(targets));
      const between = owners.filter(
        (owner, key) => now[key] !== owner && now[key] !== warming && owner.name !== 'b0',
      );
      expect(between).toEqual([]);
      owners = now;
    }
    expect(owners.filter(({ name }) => name === 'b0').length / KEYS).toBeCloseTo(1 / 3, 1);
  });
});

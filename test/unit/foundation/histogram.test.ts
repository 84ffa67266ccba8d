import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram, shownBoundsMs } from '../../../src/foundation/histogram.ts';

const durations = fc.array(
  fc.oneof(
    fc.constantFrom(0, ...shownBoundsMs),
    fc.double({ min: 0, max: 2e5, noNaN: true }),
    fc.double({ min: 0, max: 5, noNaN: true }),
  ),
);

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of values) histogram.observe(ms);
  return histogram;
}

describe('Histogram', () => {
  it('counts everything up to each shown bound, the bound included', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const histogram = histogramOf(values);
        expect(histogram.cumulative()).toEqual([
          ...shownBoundsMs.map((bound) => values.filter((ms) => ms <= bound).length),
          values.length,
        ]);
        expect(histogram.count).toBe(values.length);
        expect(histogram.sumMs).toBeCloseTo(
          values.reduce((sum, ms) => sum + ms, 0),
          3,
        );
      }),
    );
  });

  it('tells any quantile between 10 µs and 100 s to within a seventh', () => {
    const inside = fc.array(fc.double({ min: -1.99, max: 5, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(inside, fc.double({ min: 0.001, max: 1, noNaN: true }), (exponents, share) => {
        const values = exponents.map((exponent) => 10 ** exponent);
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
        const told = histogramOf(values).quantileMs(share)!;
        expect(Math.abs(told - exact) / exact).toBeLessThan(1 / 7);
      }),
    );
  });

  it('has no quantile before there was anything', () => {
    expect(new Histogram().quantileMs(0.99)).toBeNull();
  });

  it('tells what has come since a copy was made', () => {
    fc.assert(
      fc.property(durations, durations, (before, after) => {
        const histogram = histogramOf(before);
        const copy = histogram.copy();
        for (const ms of after) histogram.observe(ms);
        const expected = histogramOf(after);
        const found = histogram.since(copy);
        expect(found.cumulative()).toEqual(expected.cumulative());
        expect(found.sumMs).toBeCloseTo(expected.sumMs, 3);
        expect(copy.count).toBe(before.length);
      }),
    );
  });

  it('takes what is longer than its last bound for that bound', () => {
    const histogram = histogramOf([0.2, 1e6]);
    expect([1, 2].map((rank) => histogram.atRankMs(rank))).toEqual([0.18, 100_000]);
  });
});

import { expect, it } from 'vitest';
import { PeakEwma } from '../../../src/backend/peak-ewma.ts';

it('is 0 before the first observation', () => {
  expect(new PeakEwma().valueAt(1e6)).toBe(0);
});

it('tells an answer in no time from none', () => {
  const average = new PeakEwma();
  average.observe(0, 0);
  expect(average.valueAt(0)).toBeGreaterThan(0);
});

it('takes a peak over at once', () => {
  const average = new PeakEwma();
  average.observe(10, 0);
  average.observe(500, 100);
  expect(average.valueAt(100)).toBe(500);
});

it('comes down from a peak over its time constant of ten seconds', () => {
  const average = new PeakEwma();
  average.observe(500, 0);
  for (let now = 100; now <= 10_000; now += 100) average.observe(10, now);
  expect(average.valueAt(10_000)).toBeCloseTo(10 + 490 / Math.E, 0);
  for (let now = 10_100; now <= 60_000; now += 100) average.observe(10, now);
  expect(average.valueAt(60_000)).toBeGreaterThan(9.5);
  expect(average.valueAt(60_000)).toBeLessThan(12);
});

it('is forgotten without observations', () => {
  const average = new PeakEwma();
  average.observe(500, 5000);
  expect(average.valueAt(15_000)).toBeCloseTo(500 / Math.E, 5);
  expect(average.valueAt(105_000)).toBeLessThan(0.1);
});

it('counts observations of one moment each', () => {
  const average = new PeakEwma();
  average.observe(30, 7);
  average.observe(10, 7);
  expect(average.valueAt(7)).toBe(30); // no time has passed in which to come down
});

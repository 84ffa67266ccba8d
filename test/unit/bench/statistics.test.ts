import { expect, it } from 'vitest';
import { spreadOf } from '../../../bench/load/statistics.ts';

it('takes the middle of an odd number of values by size, not by text', () => {
  expect(spreadOf([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
});

it('takes the mean of the two middle ones of an even number of values', () => {
  expect(spreadOf([4, 1, 3, 100])).toEqual({ median: 3.5, min: 1, max: 100 });
});

it('refuses to summarise nothing', () => {
  expect(() => spreadOf([])).toThrow('median of no values');
});

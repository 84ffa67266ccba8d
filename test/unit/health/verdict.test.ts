import { expect, it } from 'vitest';
import { Verdict } from '../../../src/health/verdict.ts';

/** @param results `+` and `-`. @returns the verdict after each. */
function verdictsOf(results: string): readonly (boolean | null)[] {
  const verdict = new Verdict(3, 2);
  return [...results].map((result) => {
    verdict.record(result === '+');
    return verdict.healthy;
  });
}

it('knows nothing before the first result, which decides at once', () => {
  expect(new Verdict(3, 2).healthy).toBeNull();
  expect(verdictsOf('-')).toEqual([false]);
  expect(verdictsOf('+')).toEqual([true]);
});

it('turns after as many contrary results in a row as the threshold of that direction', () => {
  expect(verdictsOf('+---')).toEqual([true, true, true, false]);
  expect(verdictsOf('-++')).toEqual([false, false, true]);
});

it('counts anew after a single result to the contrary', () => {
  expect(verdictsOf('+--+--+--')).not.toContain(false);
  expect(verdictsOf('-+-+-+')).not.toContain(true);
});

it('is changing while a contrary result stands and until the verdict turns', () => {
  const verdict = new Verdict(2, 1);
  const changing = [true, false, true, false, false].map((ok) => {
    verdict.record(ok);
    return verdict.changing;
  });
  expect(changing).toEqual([false, true, false, true, false]);
});

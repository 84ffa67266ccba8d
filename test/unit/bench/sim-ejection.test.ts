import { expect, it } from 'vitest';
import { Ejection } from '../../../bench/sim/ejection.ts';

it('ejects after three failures in a row, not after three with a success between them', () => {
  const ejection = new Ejection();
  const results = [true, true, false, true, true, true].map((failed) => ejection.onResult(failed));
  expect(results).toEqual([0, 0, 0, 0, 0, 5_000]);
});

it('ejects a backend that is back at its first failure, twice as long each time, up to a minute', () => {
  const ejection = new Ejection();
  const fail = () => ejection.onResult(true);
  expect([fail(), fail(), fail(), fail(), fail(), fail(), fail(), fail()]).toEqual([
    0, 0, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000,
  ]);
});

it('forgets all of it after a success', () => {
  const ejection = new Ejection();
  for (let failures = 0; failures < 5; failures++) ejection.onResult(true);
  ejection.onResult(false);
  expect([true, true, true].map((failed) => ejection.onResult(failed))).toEqual([0, 0, 5_000]);
});

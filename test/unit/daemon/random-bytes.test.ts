import { expect, it } from 'vitest';
import { fillRandom } from '../../../src/daemon/random-bytes.ts';

it('overwrites a buffer to its end, each time with other bytes', () => {
  const [first, second] = [Buffer.alloc(100_000), Buffer.alloc(100_000)];
  fillRandom(first);
  fillRandom(second);
  for (const bytes of [first, second]) {
    expect(bytes.indexOf(Buffer.alloc(8))).toBe(-1);
    expect(bytes.subarray(-8)).not.toEqual(Buffer.alloc(8));
  }
  expect(first.equals(second)).toBe(false);
});

import { expect, it } from 'vitest';
import { Gate } from '../../../src/discovery/gate.ts';

it('runs so many tasks at once, the others in turn, whether they go well or not', async () => {
  const gate = new Gate(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const task = async (n: number) => {
    order.push(n);
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    if (n % 2 === 1) throw new Error(`task ${n}`);
    return n;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((n) => gate.run(() => task(n))));
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
  ]);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

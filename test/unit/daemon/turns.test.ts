import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/daemon/turns.ts';

describe('turns', () => {
  it('come one at a time, in order, whatever becomes of each', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const first = turns.take(async () => {
      await gate;
      done.push('first');
    });
    const second = turns.take(async () => {
      done.push('second');
      throw new Error('second failed');
    });
    const third = turns.take(async () => {
      done.push('third');
      return 3;
    });
    await Promise.resolve();
    expect(done).toEqual([]);
    open();
    await first;
    await expect(second).rejects.toThrow('second failed');
    expect(await third).toBe(3);
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('are refused to whoever would wait behind a hundred, and given again afterwards', async () => {
    const turns = new Turns();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const waiting = Array.from({ length: 100 }, () => turns.take(() => gate));
    await expect(turns.take(() => gate)).rejects.toMatchObject({ code: 'BUSY' });
    open();
    await Promise.all(waiting);
    await turns.take(() => gate);
  });
});

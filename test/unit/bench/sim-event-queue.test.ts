import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventQueue } from '../../../bench/sim/event-queue.ts';

it('gives events back by time, those of the same moment in the order in which they came', () => {
  // `null` takes one out; few different times, so that many are equal.
  const steps = fc.array(fc.option(fc.nat(9)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new EventQueue<number>();
      const model: { time: number; event: number }[] = [];
      script.forEach((time, event) => {
        if (time !== null) {
          queue.push(time, event);
          model.push({ time, event });
          model.sort((a, b) => a.time - b.time); // stable
        } else if (model.length > 0) {
          expect(queue.nextMs).toBe(model[0]?.time);
          expect(queue.pop()).toBe(model.shift()?.event);
        }
      });
      expect(model.map(() => queue.pop())).toEqual(model.map(({ event }) => event));
      expect(queue.nextMs).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

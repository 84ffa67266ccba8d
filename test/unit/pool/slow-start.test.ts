import { describe, expect, it } from 'vitest';
import { makeBackend, TestPool } from '../../helpers/pool-parts.ts';

function warmPool() {
  const [a, b] = [makeBackend('a', { weight: 4 }), makeBackend('b', { weight: 4 })];
  const test = new TestPool([a, b], { slowStartMs: 10_000 });
  const flip = (healthy: boolean) => {
    b.healthy = healthy;
    test.pool.refresh();
  };
  return { a, b, test, flip };
}

describe('slow start', () => {
  it('does not hold back who is there when lb starts', () => {
    const { a, b, test } = warmPool();
    expect([a.weight, b.weight]).toEqual([4, 4]);
    expect(test.wheel.size).toBe(0);
  });

  it('raises the weight of a backend that has recovered from a tenth to the whole', () => {
    const { a, b, test, flip } = warmPool();
    flip(false);
    flip(true);
    const weights = [b.weight];
    for (let second = 1; second <= 11; second++) {
      test.pass(1000);
      weights.push(b.weight);
    }
    expect(weights[0]).toBeCloseTo(0.4);
    expect(weights).toEqual(weights.toSorted((left, right) => left - right));
    expect(weights[5]).toBeGreaterThan(1);
    expect(weights[5]).toBeLessThan(3);
    expect(weights[8]).toBeLessThan(4);
    expect(weights[11]).toBe(4);
    expect(a.weight).toBe(4);
    expect(test.wheel.size).toBe(0);
  });

  it.each(['draining', 'maintenance'] as const)('warms up a backend back from %s', (order) => {
    const { b, test } = warmPool();
    b.ordered = order;
    test.pool.refresh();
    b.ordered = 'ready';
    test.pool.refresh();
    expect(b.weight).toBeCloseTo(0.4);
  });

  it('warms up a backend that was ejected, and one that is new', () => {
    const { a, b, test } = warmPool();
    b.ejected = true;
    test.pool.refresh();
    b.ejected = false;
    const added = makeBackend('added', { weight: 2 });
    test.pool.replaceBackends([a, b, added]);
    expect([a.weight, b.weight, added.weight]).toEqual([4, 0.4, 0.2]);
  });

  it('begins again when the backend fails meanwhile', () => {
    const { b, test, flip } = warmPool();
    flip(false);
    flip(true);
    test.pass(8000);
    flip(false);
    expect(test.wheel.size).toBe(0);
    flip(true);
    expect(b.weight).toBeCloseTo(0.4);
  });

  it('is over at once when the window is taken away', () => {
    const { b, test, flip } = warmPool();
    flip(false);
    flip(true);
    test.pool.configure({ ...test.pool.options, slowStartMs: 0 }, null);
    test.pool.refresh();
    expect(b.weight).toBe(4);
    expect(test.wheel.size).toBe(0);
  });

  it('ends for a backend that is removed meanwhile', () => {
    const { b, test, flip } = warmPool();
    flip(false);
    flip(true);
    expect(test.wheel.size).toBe(1);
    test.pool.replaceBackends(test.pool.backends.filter((backend) => backend !== b));
    expect(test.wheel.size).toBe(0);
  });
});

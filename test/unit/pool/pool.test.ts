import { describe, expect, it } from 'vitest';
import type { Picker } from '../../../src/balancing/algorithm.ts';
import type { PickerBuilder } from '../../../src/pool/balancer.ts';
import { makeBackend, TestPool, TestWaiter } from '../../helpers/pool-parts.ts';

/** Always the first, as a hash would for one key; counts how often it is built and what it hears. */
class Stubborn implements PickerBuilder {
  readonly id: string;
  readonly key = null;
  readonly faults = { count: 0 };
  builds = 0;
  readonly heard: number[] = [];
  readonly keys: number[] = [];

  constructor(id = 'stubborn') {
    this.id = id;
  }

  build(): Picker {
    this.builds++;
    return {
      pick: (key) => {
        this.keys.push(key);
        return 0;
      },
      loadChanged: (index) => this.heard.push(index),
    };
  }
}

const three = (options = {}) =>
  [makeBackend('a', options), makeBackend('b', options), makeBackend('c', options)] as const;

describe('Pool', () => {
  it('numbers the eligible backends in configuration order', () => {
    const [a, b, c] = three();
    const { pool } = new TestPool([a, b, c]);
    expect([a.slot, b.slot, c.slot]).toEqual([0, 1, 2]);
    a.healthy = false;
    pool.refresh();
    expect([a.slot, b.slot, c.slot]).toEqual([-1, 0, 1]);
    expect(pool.eligible).toEqual([b, c]);
  });

  it('builds pickers anew only when who is eligible, or a weight, has changed', () => {
    const [a, b, c] = three();
    const stubborn = new Stubborn();
    const { pool } = new TestPool([a, b, c], {}, stubborn);
    expect(stubborn.builds).toBe(1);
    pool.refresh();
    expect(stubborn.builds).toBe(1);
    b.configuredWeight = 2;
    pool.refresh();
    expect(stubborn.builds).toBe(2);
    b.ejected = true;
    pool.refresh();
    expect(stubborn.builds).toBe(3);
  });

  it('goes on where it was after a time without backends', () => {
    const [a, b, c] = three();
    const { pool } = new TestPool([a, b, c]);
    expect(pool.balancer.pick(0)).toBe(a);
    const all = (healthy: boolean) => {
      for (const backend of [a, b, c]) backend.healthy = healthy;
      pool.refresh();
    };
    all(false);
    expect(pool.balancer.pick(0)).toBeNull();
    expect(pool.hasEligible).toBe(false);
    all(true);
    expect(pool.balancer.pick(0)).toBe(b);
  });

  it('lets a route bring another algorithm over the same backends', () => {
    const [a, b, c] = three();
    const { pool } = new TestPool([a, b, c]);
    const stubborn = new Stubborn();
    const other = pool.balancerFor(stubborn);
    expect([other.pick(0), other.pick(0)]).toEqual([a, a]);
    expect([pool.balancer.pick(0), pool.balancer.pick(0)]).toEqual([a, b]);
    a.healthy = false;
    pool.refresh();
    expect([other.pick(0), pool.balancer.pick(0)]).toEqual([b, b]);
    expect(pool.balancerFor(new Stubborn())).toBe(other);
  });

  it('tells a picker that asks for it of every change of load', () => {
    const [a, b, c] = three();
    const stubborn = new Stubborn();
    const { pool } = new TestPool([a, b, c], {}, stubborn);
    pool.begin(c);
    pool.begin(b);
    pool.end(c);
    expect(stubborn.heard).toEqual([2, 1, 2]);
    b.ordered = 'draining';
    pool.refresh();
    pool.end(b); // in nobody's order any more
    expect(stubborn.heard).toEqual([2, 1, 2]);
  });

  describe('asked for another backend than those tried', () => {
    it('leaves the choice to the algorithm', () => {
      const [a, b, c] = three();
      const { pool } = new TestPool([a, b, c]);
      expect(pool.balancer.pick(0)).toBe(a);
      expect(pool.balancer.pickOther(0, [a])).toBe(b);
      expect(pool.balancer.pickOther(0, [a, b])).toBe(c);
      expect(pool.balancer.pickOther(0, [a, b, c])).toBeNull();
    });

    it('takes the least loaded when the algorithm insists, and asks it with other keys before', () => {
      const [a, b, c] = three();
      const stubborn = new Stubborn();
      const { pool } = new TestPool([a, b, c], {}, stubborn);
      pool.begin(b);
      expect(pool.balancer.pickOther(7, [a])).toBe(c);
      expect(new Set(stubborn.keys).size).toBe(stubborn.keys.length);
      expect(stubborn.keys).not.toContain(7);
    });
  });

  describe('with max_connections', () => {
    it('passes over a backend that is full, and comes back to it', () => {
      const [a, b, c] = three({ maxConnections: 1 });
      const test = new TestPool([a, b, c]);
      expect([test.take(), test.take(), test.take(), test.take()]).toEqual([a, b, c, null]);
      test.pool.end(b);
      expect([test.take(), test.take()]).toEqual([b, null]);
    });

    it('gives what is over to a backend without a limit', () => {
      const small = makeBackend('small', { maxConnections: 1 });
      const big = makeBackend('big');
      const test = new TestPool([small, big]);
      const taken = Array.from({ length: 5 }, () => test.take()?.name);
      expect(taken.filter((name) => name === 'small')).toHaveLength(1);
      expect(taken.filter((name) => name === 'big')).toHaveLength(4);
    });

    it('asks no algorithm while all are full', () => {
      const [a, b, c] = three({ maxConnections: 1 });
      const stubborn = new Stubborn();
      const test = new TestPool([a, b, c], {}, stubborn);
      for (const backend of [a, b, c]) test.pool.begin(backend);
      expect([test.take(), test.pool.balancer.pickOther(0, [a])]).toEqual([null, null]);
      expect(stubborn.keys).toEqual([]);
    });

    it('counts anew after a limit has changed', () => {
      const [a, b, c] = three({ maxConnections: 1 });
      const test = new TestPool([a, b, c]);
      test.take();
      test.take();
      test.take();
      b.maxConnections = 2;
      test.pool.refresh();
      expect([test.take(), test.take()]).toEqual([b, null]);
      b.maxConnections = 1;
      test.pool.refresh();
      test.pool.end(b);
      expect(test.take()).toBeNull(); // it still has one
      test.pool.end(b);
      expect(test.take()).toBe(b);
    });

    it('does not count the room of backends that may take nothing new', () => {
      const [a, b, c] = three({ maxConnections: 1 });
      const test = new TestPool([a, b, c]);
      test.take();
      a.ordered = 'draining';
      test.pool.refresh();
      test.pool.end(a);
      const taken = [test.take(), test.take()];
      expect(new Set(taken)).toEqual(new Set([b, c]));
      expect(test.take()).toBeNull();
    });
  });

  it('adds and removes backends without losing the counts of the others', () => {
    const [a, b, c] = three({ maxConnections: 2 });
    const test = new TestPool([a, b]);
    test.take();
    test.pool.replaceBackends([a, c]);
    expect(test.pool.eligible).toEqual([a, c]);
    expect([a.active, b.slot, b.keepsClients]).toEqual([1, -1, false]);
    const taken = Array.from({ length: 4 }, () => test.take()?.name);
    expect(taken.toSorted()).toEqual(['a', 'c', 'c', undefined]);
  });

  it('closes the idle connections of a removed backend, and keeps no more of it', () => {
    const [a, b] = three();
    for (const each of [a, b]) each.idle.max = 9;
    const test = new TestPool([a, b]);
    const closed: string[] = [];
    const idle = (name: string) => ({ idleSinceMs: 0, close: () => closed.push(name) });
    a.idle.put(idle('a'), 0);
    b.idle.put(idle('b'), 0);
    expect(test.pool.replaceBackends([a])).toEqual([b]);
    expect(closed).toEqual(['b']);
    expect([a.idle.put(idle('a'), 0), b.idle.put(idle('b'), 0)]).toEqual([true, false]);
  });

  it('still serves those who are in a pool that is removed', () => {
    const [a] = three({ maxConnections: 1 });
    const test = new TestPool([a]);
    test.take();
    const waiter = new TestWaiter(test.pool);
    test.pool.wait(waiter);
    test.pool.retire();
    test.pool.end(a);
    test.settle();
    expect(waiter.told).toEqual([a]);
  });

  it('takes over another algorithm and other options, for those who hold them already', () => {
    const [a, b] = three();
    const test = new TestPool([a, b]);
    const { balancer, options } = test.pool;
    const stubborn = new Stubborn();
    test.pool.configure({ ...options, queue: { maxWaiting: 1, timeoutMs: 1 } }, stubborn);
    expect([balancer.pick(0), balancer.pick(0)]).toEqual([a, a]);
    test.pool.replaceBackends([b, a]);
    expect(balancer.pick(0)).toBe(b);
    expect(options.queue.maxWaiting).toBe(1);
    test.pool.begin(b);
    expect(stubborn.heard).toEqual([0]);
  });

  it('forgets the balancers of routes that are gone, and no others', () => {
    const test = new TestPool(three());
    const [gone, kept] = [new Stubborn(), new Stubborn('other')];
    test.pool.balancerFor(gone);
    const balancer = test.pool.balancerFor(kept);
    test.pool.retainBalancers(new Set([balancer]));
    expect(test.pool.balancerFor(kept)).toBe(balancer);
    const { builds } = gone;
    test.pool.replaceBackends([]);
    test.pool.replaceBackends(three());
    expect(gone.builds).toBe(builds);
    expect(test.pool.balancer.pick(0)).not.toBeNull();
  });
});

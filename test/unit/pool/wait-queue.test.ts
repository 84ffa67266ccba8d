import { describe, expect, it } from 'vitest';
import { makeBackend, TestPool, TestWaiter } from '../../helpers/pool-parts.ts';

/** A pool of one backend with one place, which is taken. */
function fullPool(options = {}) {
  const backend = makeBackend('a', { maxConnections: 1 });
  const test = new TestPool([backend], options);
  test.take();
  return { backend, test, pool: test.pool };
}

describe('WaitQueue', () => {
  it('gives a place that becomes free to exactly one, the first', () => {
    const { backend, test, pool } = fullPool();
    const waiters = [new TestWaiter(pool), new TestWaiter(pool), new TestWaiter(pool)];
    for (const waiter of waiters) expect(pool.wait(waiter)).not.toBeNull();
    pool.end(backend);
    test.settle();
    expect(waiters.map(({ told }) => told)).toEqual([[backend], [], []]);
    pool.end(backend);
    test.settle();
    expect(waiters.map(({ told }) => told)).toEqual([[backend], [backend], []]);
    expect(pool.queue.size).toBe(1);
  });

  it('lets nobody who comes later take the place before it is handed over', () => {
    const { backend, test, pool } = fullPool();
    const waiter = new TestWaiter(pool);
    pool.wait(waiter);
    pool.end(backend);
    expect(test.take()).toBeNull();
    expect(pool.isFree(backend)).toBe(false);
    test.settle();
    expect(waiter.told).toEqual([backend]);
  });

  it('refuses whoever comes when max_waiting wait already', () => {
    const { pool } = fullPool({ queue: { maxWaiting: 2, timeoutMs: 5000 } });
    expect(pool.wait(new TestWaiter(pool))).not.toBeNull();
    const second = pool.wait(new TestWaiter(pool));
    expect(pool.wait(new TestWaiter(pool))).toBeNull();
    second?.leave();
    expect(pool.wait(new TestWaiter(pool))).not.toBeNull();
  });

  it('gives up after the timeout, and tells how long it was', () => {
    const { test, pool } = fullPool();
    const waiter = new TestWaiter(pool);
    const place = pool.wait(waiter);
    test.pass(4900);
    expect(waiter.told).toEqual([]);
    test.pass(200);
    expect(waiter.told).toEqual(['queue_timeout']);
    expect(place?.leave()).toBe(5100);
    expect(pool.queue.size).toBe(0);
  });

  it('forgets who has left', () => {
    const { backend, test, pool } = fullPool();
    const [gone, next] = [new TestWaiter(pool), new TestWaiter(pool)];
    const place = pool.wait(gone);
    pool.wait(next);
    test.clock.pass(30);
    expect([place?.leave(), place?.leave()]).toEqual([30, 30]);
    pool.end(backend);
    test.settle();
    test.pass(10_000);
    expect(gone.told).toEqual([]);
    expect(next.told).toEqual([backend]);
  });

  it('passes over those whom the free backend will not do, without taking their turn', () => {
    const a = makeBackend('a', { maxConnections: 1 });
    const b = makeBackend('b', { maxConnections: 1 });
    const test = new TestPool([a, b]);
    test.take();
    test.take();
    const [wantsB, any] = [new TestWaiter(test.pool, [b]), new TestWaiter(test.pool)];
    test.pool.wait(wantsB);
    test.pool.wait(any);
    test.pool.end(a);
    test.settle();
    expect([wantsB.told, any.told]).toEqual([[], [a]]);
    test.pool.end(b);
    test.settle();
    expect(wantsB.told).toEqual([b]);
  });

  it('serves those who wait when a backend recovers, spread over all that have room', () => {
    const backends = [1, 2, 3].map((n) => makeBackend(`b${n}`, { maxConnections: 2 }));
    const test = new TestPool(backends);
    const [first, ...others] = backends;
    for (const backend of others) backend.healthy = false;
    test.pool.refresh();
    test.take();
    test.take();
    const waiters = Array.from({ length: 3 }, () => new TestWaiter(test.pool));
    for (const waiter of waiters) test.pool.wait(waiter);
    for (const backend of others) backend.healthy = true;
    test.pool.refresh();
    test.settle();
    expect(waiters.map(({ told }) => told)).toEqual([[others[0]], [others[1]], [others[0]]]);
    expect(first?.active).toBe(2);
  });

  it('tells those who wait at once when nobody is left who could serve them', () => {
    const { backend, test, pool } = fullPool();
    const [lost, loyal] = [new TestWaiter(pool), new TestWaiter(pool)];
    // Bound to the backend: it is theirs while it drains.
    loyal.accepts = (candidate) => candidate.keepsClients;
    pool.wait(lost);
    pool.wait(loyal);
    backend.ordered = 'draining';
    pool.refresh();
    test.settle();
    expect([lost.told, loyal.told]).toEqual([['no_backend'], []]);
    pool.end(backend);
    test.settle();
    expect(loyal.told).toEqual([backend]);
  });

  it('serves one who begins to wait while others are told', () => {
    const { backend, test, pool } = fullPool();
    const late = new TestWaiter(pool);
    const early = new TestWaiter(pool);
    early.onTurn = () => {
      pool.begin(backend);
      pool.wait(late);
      pool.end(backend); // gives up at once
    };
    pool.wait(early);
    pool.end(backend);
    test.settle();
    expect(late.told).toEqual([backend]);
  });

  it('serves one who came while a place was being handed over, wherever there is room', () => {
    const [a, b] = [makeBackend('a', { maxConnections: 1 }), makeBackend('b')];
    const test = new TestPool([a, b]);
    test.pool.begin(a);
    const bound = new TestWaiter(test.pool, [a]);
    test.pool.wait(bound);
    test.pool.end(a);
    expect(test.take()).toBeNull();
    const late = new TestWaiter(test.pool);
    test.pool.wait(late);
    test.settle();
    expect([bound.told, late.told]).toEqual([[a], [b]]);
  });

  describe('says when to come back', () => {
    it('from how fast the queue moves', () => {
      const { backend, test, pool } = fullPool();
      for (let n = 0; n < 100; n++) pool.wait(new TestWaiter(pool));
      // 5 a second.
      for (let n = 0; n < 20; n++) {
        test.pass(200);
        pool.end(backend);
        test.settle();
      }
      expect(pool.queue.size).toBe(80);
      expect(pool.queue.retryAfterSeconds()).toBeGreaterThanOrEqual(15);
      expect(pool.queue.retryAfterSeconds()).toBeLessThanOrEqual(17);
    });

    it('with the speed of now, not of long ago', () => {
      const { backend, test, pool } = fullPool({ queue: { maxWaiting: 1000, timeoutMs: 1e6 } });
      for (let n = 0; n < 300; n++) pool.wait(new TestWaiter(pool));
      const serve = (everyMs: number, count: number) => {
        for (let n = 0; n < count; n++) {
          test.pass(everyMs);
          pool.end(backend);
          test.settle();
        }
      };
      serve(1000, 100);
      serve(100, 100);
      // 100 left, 10 a second.
      expect(pool.queue.retryAfterSeconds()).toBeGreaterThanOrEqual(9);
      expect(pool.queue.retryAfterSeconds()).toBeLessThanOrEqual(12);
    });

    it('with the speed since somebody waits, not that of a line that is over', () => {
      const { backend, test, pool } = fullPool({ queue: { maxWaiting: 1000, timeoutMs: 1e6 } });
      const serve = (everyMs: number) => {
        test.pass(everyMs);
        pool.end(backend);
        test.settle();
      };
      for (let n = 0; n < 700; n++) pool.wait(new TestWaiter(pool));
      for (let n = 0; n < 700; n++) serve(10);
      expect(pool.queue.size).toBe(0);
      for (let n = 0; n < 12; n++) pool.wait(new TestWaiter(pool));
      test.pass(500); // nobody has left yet: two a second at most
      expect(pool.queue.retryAfterSeconds()).toBe(6);
      for (let n = 0; n < 2; n++) serve(1000);
      // 10 left, 1 a second.
      expect(pool.queue.retryAfterSeconds()).toBeGreaterThanOrEqual(6);
      expect(pool.queue.retryAfterSeconds()).toBeLessThanOrEqual(10);
    });

    it('never sooner than in a second, nor later than in a minute', () => {
      const { backend, test, pool } = fullPool();
      expect(pool.queue.retryAfterSeconds()).toBe(1);
      for (let n = 0; n < 900; n++) pool.wait(new TestWaiter(pool));
      test.pass(4000);
      expect(pool.queue.retryAfterSeconds()).toBe(60);
      pool.end(backend);
      test.settle();
      expect(pool.queue.retryAfterSeconds()).toBe(60);
    });
  });
});

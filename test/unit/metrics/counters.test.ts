import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import type { LiveNames } from '../../../src/metrics/cells.ts';
import { ExchangeCounters } from '../../../src/metrics/counters.ts';
import { makeExchange } from '../../helpers/exchange-record.ts';

const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 } as const;

const exchange = makeExchange({
  backend: new Backend('api-1', 'api', address, 0),
  startedMs: 1000,
  endedMs: 1012,
});

/** Records as traffic makes them: few names, each of which may also be part of, or equal to, another kind of name. */
const records = fc
  .record({
    listener: fc.constantFrom('a', 'b', ''),
    route: fc.constantFrom('a', 'b', ''),
    pool: fc.constantFrom('a', 'b', 'a,b'),
    backendName: fc.constantFrom('a', 'b', null),
    status: fc.constantFrom(0, 200, 502),
    reason: fc.constantFrom(null, 'backend_reset', 'idle_timeout'),
    durationMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  })
  .map(({ backendName, durationMs, ...labels }) => ({
    ...exchange,
    ...labels,
    // Made anew each time, as by a reload: equal names are one count all the same.
    backend: backendName === null ? null : new Backend(backendName, labels.pool, address, 0),
    startedMs: 0,
    endedMs: durationMs,
  }));

const times = <Key>(keys: readonly Key[]) => {
  const counted = new Map<Key, number>();
  for (const key of keys) counted.set(key, (counted.get(key) ?? 0) + 1);
  return counted;
};

describe('ExchangeCounters', () => {
  it('counts exactly what was told, each set of labels once', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 100 }), (told) => {
        const counters = new ExchangeCounters();
        for (const record of told) counters.onExchange(record);
        const found = counters.counts.map(
          ({ listener, route, pool, backend, status, count }) =>
            [JSON.stringify([listener, route, pool, backend, status]), count] as const,
        );
        const keys = told.map(({ listener, route, pool, backend, status }) =>
          JSON.stringify([listener, route, pool, backend?.name ?? '', status]),
        );
        expect(found).toHaveLength(new Set(keys).size);
        expect(new Map(found)).toEqual(times(keys));
      }),
    );
  });

  it('counts why lb itself ended exchanges, per listener, and those only', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 100 }), (told) => {
        const counters = new ExchangeCounters();
        for (const record of told) counters.onExchange(record);
        const found = counters.reasons.map(
          ({ listener, reason, count }) => [JSON.stringify([listener, reason]), count] as const,
        );
        const keys = told
          .filter(({ reason }) => reason !== null)
          .map(({ listener, reason }) => JSON.stringify([listener, reason]));
        expect(found).toHaveLength(new Set(keys).size);
        expect(new Map(found)).toEqual(times(keys));
      }),
    );
  });

  it('keeps the durations of each route, and of each backend', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 100 }), (told) => {
        const counters = new ExchangeCounters();
        for (const record of told) counters.onExchange(record);
        const keyOf = (of: { listener: string; route: string }) =>
          JSON.stringify([of.listener, of.route]);
        const keys = told.map(keyOf);
        expect(
          new Map(counters.durations.map((each) => [keyOf(each), each.histogram.count])),
        ).toEqual(times(keys));
        for (const { backend, endedMs } of told) {
          if (backend === null) continue;
          expect(backend.timings.total?.count).toBe(1);
          expect(backend.timings.total?.sumMs).toBe(endedMs);
        }
      }),
    );
  });

  it('tells apart what took the time of a backend', () => {
    const counters = new ExchangeCounters();
    const backend = new Backend('api-1', 'api', address, 0);
    const base = { ...exchange, backend };
    counters.onExchange({ ...base, reused: true, connectMs: 0, ttfbMs: 11 });
    counters.onExchange({ ...base, reused: false, connectMs: 3, ttfbMs: 7, queueMs: 200 });
    counters.onExchange({ ...base, reused: false, connectMs: -1, ttfbMs: -1, status: 502 });
    const { total, firstByte, connect, queue } = backend.timings;
    expect([total, firstByte, connect, queue].map((part) => [part?.count, part?.sumMs])).toEqual([
      [3, 36],
      [2, 18],
      [1, 3],
      [1, 200],
    ]);
  });

  it('adds up bytes by listener and by backend', () => {
    const counters = new ExchangeCounters();
    const backend = new Backend('api-1', 'api', address, 0);
    counters.onExchange({ ...exchange, backend, bytesIn: 3, bytesOut: 5 });
    counters.onExchange({ ...exchange, backend: null, bytesIn: 7, bytesOut: 11 });
    counters.onExchange({ ...exchange, backend, listener: 'db', bytesIn: 13, bytesOut: 17 });
    expect(
      counters.bytes.map(({ listener, bytesIn, bytesOut }) => [listener, bytesIn, bytesOut]),
    ).toEqual([
      ['web', 10, 16],
      ['db', 13, 17],
    ]);
    expect([backend.bytesIn, backend.bytesOut]).toEqual([16, 22]);
  });

  it('does not keep the record, which is used again', () => {
    const counters = new ExchangeCounters();
    const record = { ...exchange };
    counters.onExchange(record);
    record.status = 404;
    record.route = 'orders';
    counters.onExchange(record);
    expect(counters.counts.map(({ route, status, count }) => [route, status, count])).toEqual([
      ['users', 200, 1],
      ['orders', 404, 1],
    ]);
  });
});

describe('ExchangeCounters after a reload', () => {
  /** What is in use, as `listener`, `listener/route` and `pool:backend`. */
  const live = (...names: readonly string[]): LiveNames => ({
    hasListener: (listener) => names.includes(listener),
    hasRoute: (listener, route) => names.includes(`${listener}/${route}`),
    hasBackend: (pool, backend) => names.includes(`${pool}:${backend}`),
  });
  const countsOf = ({ counts }: ExchangeCounters) =>
    counts.map(({ route, backend, count }) => [route, backend, count]);

  it('goes on counting what stays, and still tells what has gone', () => {
    const counters = new ExchangeCounters();
    const gone = { ...exchange, route: 'old', backend: new Backend('api-2', 'api', address, 0) };
    counters.onExchange(exchange);
    counters.onExchange({ ...gone, reason: 'backend_reset' });
    counters.retain(live('web', 'web/users', 'api:api-1'));
    counters.onExchange(exchange);
    counters.onExchange(gone); // one that had begun before
    expect(countsOf(counters)).toEqual([
      ['users', 'api-1', 2],
      ['old', 'api-2', 2],
    ]);
    expect(counters.durations.map(({ route, histogram }) => [route, histogram.count])).toEqual([
      ['users', 2],
      ['old', 2],
    ]);
    expect(counters.reasons.map(({ reason, count }) => [reason, count])).toEqual([
      ['backend_reset', 1],
    ]);
    expect(counters.bytes.map(({ bytesOut }) => bytesOut)).toEqual([4 * 1234]);
  });

  it('takes no more memory for reloads without end, and never counts back what is in use', () => {
    const counters = new ExchangeCounters();
    let stayed = 0;
    for (let reload = 1; reload <= 500; reload++) {
      const names = { listener: `l${reload}`, route: `r${reload}`, pool: `p${reload}` };
      for (let n = 0; n < 5; n++) {
        const backend = new Backend(`b${reload}-${n}`, names.pool, address, 0);
        counters.onExchange({ ...exchange, ...names, backend, reason: 'client_closed' });
      }
      counters.onExchange(exchange);
      stayed++;
      counters.retain(live('web', 'web/users', 'api:api-1'));
      const { counts, durations, reasons, bytes } = counters;
      expect(counts.find(({ route }) => route === 'users')?.count).toBe(stayed);
      expect(counts.length).toBeLessThanOrEqual(1001);
      expect([durations, reasons, bytes].every(({ length }) => length <= 101)).toBe(true);
      // What went last is there, whole.
      expect(counts.filter(({ listener }) => listener === names.listener)).toHaveLength(5);
      expect(durations.some(({ listener }) => listener === names.listener)).toBe(true);
    }
  });

  it('knows a name that comes back by its old count', () => {
    const counters = new ExchangeCounters();
    counters.onExchange(exchange);
    counters.retain(live('web', 'web/users'));
    counters.retain(live('web', 'web/users', 'api:api-1'));
    counters.onExchange({ ...exchange, backend: new Backend('api-1', 'api', address, 0) });
    expect(countsOf(counters)).toEqual([['users', 'api-1', 2]]);
  });
});

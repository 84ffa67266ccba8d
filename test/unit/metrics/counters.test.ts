import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { durationBoundsMs, ExchangeCounters } from '../../../src/metrics/counters.ts';

const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 } as const;

const exchange: ExchangeRecord = {
  listener: 'web',
  requestId: '5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c',
  clientAddress: '203.0.113.7',
  clientPort: 51_234,
  route: 'users',
  pool: 'api',
  backend: new Backend('api-1', 'api', address, 0),
  method: 'GET',
  host: 'api.example.com',
  path: '/v1/users',
  query: '',
  userAgent: '',
  protocol: 'HTTP/1.1',
  status: 200,
  reason: null,
  detail: null,
  bytesIn: 0,
  bytesOut: 1234,
  startedMs: 1000,
  endedMs: 1012,
  attempts: 1,
  queueMs: 0,
  reused: true,
  connectMs: 0,
  ttfbMs: 11,
  failedAttempts: [],
  generation: 1,
};

/** Records as traffic makes them: few names, each of which may also be part of, or equal to, another kind of name. */
const records = fc
  .record({
    listener: fc.constantFrom('a', 'b', ''),
    route: fc.constantFrom('a', 'b', ''),
    pool: fc.constantFrom('a', 'b', 'a,b'),
    backendName: fc.constantFrom('a', 'b', null),
    status: fc.constantFrom(0, 200, 502),
    reason: fc.constantFrom(null, 'backend_reset', 'idle_timeout'),
    durationMs: fc.oneof(
      fc.constantFrom(...durationBoundsMs),
      fc.double({ min: 0, max: 1e5, noNaN: true }),
    ),
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

  it('puts every duration into the first bucket whose bound it does not exceed', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 100 }), (told) => {
        const counters = new ExchangeCounters();
        for (const record of told) counters.onExchange(record);
        const keyOf = (of: { listener: string; route: string }) =>
          JSON.stringify([of.listener, of.route]);
        expect(counters.durations.map(keyOf).toSorted()).toEqual(
          [...new Set(told.map(keyOf))].toSorted(),
        );
        for (const { buckets, sumMs, ...place } of counters.durations) {
          const durations = told
            .filter((record) => keyOf(record) === keyOf(place))
            .map(({ endedMs }) => endedMs);
          const cumulative = durationBoundsMs.map(
            (bound) => durations.filter((ms) => ms <= bound).length,
          );
          cumulative.push(durations.length);
          expect(buckets).toEqual(cumulative.map((upTo, n) => upTo - (cumulative[n - 1] ?? 0)));
          expect(sumMs).toBeCloseTo(
            durations.reduce((sum, ms) => sum + ms, 0),
            3,
          );
        }
      }),
    );
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { RecentTraffic } from '../../../src/metrics/recent-traffic.ts';

function makeTraffic() {
  const time = { nowMs: 5_000_000 };
  const traffic = new RecentTraffic(() => time.nowMs);
  const backend = new Backend('a', 'p', { kind: 'tcp', host: 'h', port: 1 }, 0);
  const end = (ms: number, of: Backend | null = backend) =>
    traffic.onExchange({
      backend: of,
      startedMs: time.nowMs - ms,
      endedMs: time.nowMs,
    } as ExchangeRecord);
  return { time, traffic, backend, end };
}

describe('recent traffic', () => {
  it('knows nothing of a backend without an exchange', () => {
    const { traffic, backend, end } = makeTraffic();
    end(5, null);
    expect(traffic.read([backend])).toEqual({ perSecond: 0, p50Ms: null, p99Ms: null });
  });

  it('tells quantiles to within a fifth', () => {
    const durations = fc.array(fc.double({ min: 0.02, max: 100_000, noNaN: true }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(durations, (all) => {
        const { traffic, backend, end } = makeTraffic();
        for (const ms of all) end(ms);
        const sorted = all.toSorted((one, other) => one - other);
        const { p50Ms, p99Ms } = traffic.read([backend]);
        const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;
        for (const [told, real] of [
          [p50Ms!, at(0.5)],
          [p99Ms!, at(0.99)],
        ] as const) {
          expect(told).toBeGreaterThan(real * 0.99);
          expect(told).toBeLessThan(real * 1.2);
        }
      }),
    );
  });

  it('forgets after a minute, part by part', () => {
    const { time, traffic, backend, end } = makeTraffic();
    for (let n = 0; n < 60; n++) {
      end(1);
      time.nowMs += 1000;
    }
    expect(traffic.read([backend]).perSecond).toBeCloseTo(1, 0);
    time.nowMs += 30_000;
    expect(traffic.read([backend]).perSecond).toBeCloseTo(0.5, 0);
    time.nowMs += 60_000;
    expect(traffic.read([backend])).toEqual({ perSecond: 0, p50Ms: null, p99Ms: null });
    end(1);
    expect(traffic.read([backend]).p50Ms).toBeCloseTo(1, 0);
  });

  it('counts by what has passed since the start, where that is less', () => {
    const { time, traffic, backend, end } = makeTraffic();
    time.nowMs += 10_000;
    for (let n = 0; n < 50; n++) end(1);
    expect(traffic.read([backend]).perSecond).toBeCloseTo(5, 1);
  });

  it('bears any duration', () => {
    const { traffic, backend, end } = makeTraffic();
    for (const ms of [0, -1, 1e12, 0.001]) end(ms);
    expect(traffic.read([backend]).p50Ms).toBeGreaterThan(0);
  });
});

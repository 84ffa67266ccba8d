import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { RecentTraffic } from '../../../src/metrics/recent-traffic.ts';
import { makeExchange } from '../../helpers/exchange-record.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

function makeTraffic() {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const backend = new Backend('a', 'p', { kind: 'tcp', host: 'h', port: 1 }, 0);
  const traffic = new RecentTraffic({ backends: () => [backend], wheel, clock });
  const pass = (ms: number) => {
    clock.pass(ms);
    wheel.advance();
  };
  const end = (ms: number) => {
    backend.timings.observe(makeExchange({ endedMs: ms, startedMs: 0 }));
  };
  return { traffic, backend, pass, end };
}

describe('recent traffic', () => {
  it('knows nothing of a backend without an exchange', () => {
    const { traffic, backend } = makeTraffic();
    expect(traffic.read([backend])).toEqual({ perSecond: 0, p50Ms: null, p99Ms: null });
  });

  it('tells quantiles to within a seventh', () => {
    const durations = fc.array(fc.double({ min: 0.02, max: 90_000, noNaN: true }), {
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
          expect(told).toBeGreaterThan(real * (6 / 7));
          expect(told).toBeLessThan(real * (8 / 7));
        }
      }),
    );
  });

  it('forgets after a minute, part by part', () => {
    const { traffic, backend, pass, end } = makeTraffic();
    for (let n = 0; n < 60; n++) {
      end(1);
      pass(1000);
    }
    expect(traffic.read([backend]).perSecond).toBeCloseTo(1, 0);
    for (let n = 0; n < 3; n++) pass(10_000);
    expect(traffic.read([backend]).perSecond).toBeCloseTo(0.5, 0);
    for (let n = 0; n < 6; n++) pass(10_000);
    expect(traffic.read([backend])).toEqual({ perSecond: 0, p50Ms: null, p99Ms: null });
    end(1);
    expect(traffic.read([backend]).p50Ms).toBeCloseTo(1, 0);
  });

  it('counts by what has passed since the start, where that is less', () => {
    const { traffic, backend, pass, end } = makeTraffic();
    pass(10_000);
    for (let n = 0; n < 50; n++) end(1);
    expect(traffic.read([backend]).perSecond).toBeCloseTo(5, 1);
  });

  it('sums up several backends, whenever they came', () => {
    const { traffic, backend, pass, end } = makeTraffic();
    const late = new Backend('b', 'p', { kind: 'tcp', host: 'h', port: 2 }, 0);
    for (let n = 0; n < 7; n++) pass(10_000);
    end(1);
    late.timings.observe(makeExchange({ startedMs: 0, endedMs: 1 }));
    expect(traffic.read([backend, late]).perSecond).toBeCloseTo(2 / 50, 3);
  });
});

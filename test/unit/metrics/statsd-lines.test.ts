import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/foundation/histogram.ts';
import { counter, gauge, histogram, type Labels } from '../../../src/metrics/family.ts';
import { inDatagrams, StatsdLines } from '../../../src/metrics/statsd-lines.ts';

const labels: Labels = [
  ['pool', 'api'],
  ['backend', '10.0.0.1:80'],
];
const requests = (value: number) => [counter('requests_total', '', [{ labels, value }])];
const durations = (value: Histogram) => [histogram('duration_seconds', '', [{ labels, value }])];

/** The values of a timer's lines, and how many each stands for. */
function timed(lines: readonly string[]) {
  const parts = lines.map((line) => /^lb\.[\w.]+:([\d.]+)\|ms(?:\|@([\d.e-]+))?$/.exec(line)!);
  return {
    ms: parts.map(([, ms]) => Number(ms)),
    weights: parts.map(([, , rate = '1']) => 1 / Number(rate)),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

describe('StatsdLines', () => {
  it('sends what counters have gained since the last time, and nothing for none', () => {
    const lines = new StatsdLines('lb');
    const next = (value: number) => [...lines.next(requests(value))];
    expect(next(7)).toEqual(['lb.requests_total.api.10_0_0_1_80:7|c']);
    expect(next(7)).toEqual([]);
    expect(next(9)).toEqual(['lb.requests_total.api.10_0_0_1_80:2|c']);
  });

  it('takes a counter that went back for one that began anew', () => {
    const lines = new StatsdLines('');
    const next = (value: number) => [...lines.next(requests(value))];
    next(7);
    expect(next(3)).toEqual(['requests_total.api.10_0_0_1_80:3|c']);
    expect([...lines.next([])]).toEqual([]);
    expect(next(3)).toEqual(['requests_total.api.10_0_0_1_80:3|c']);
  });

  it('sends gauges as they are, each time', () => {
    const lines = new StatsdLines('lb');
    const family = () => [gauge('up', '', [{ labels: [['name', '']], value: 0.5 }])];
    expect([...lines.next(family()), ...lines.next(family())]).toEqual([
      'lb.up._:0.5|g',
      'lb.up._:0.5|g',
    ]);
  });

  it('sends whole gains only, and loses no fraction', () => {
    const lines = new StatsdLines('lb');
    const next = (value: number) => [...lines.next(requests(value))];
    expect(next(0.75)).toEqual([]);
    expect(next(2.5)).toEqual(['lb.requests_total.api.10_0_0_1_80:2|c']);
    expect(next(3)).toEqual(['lb.requests_total.api.10_0_0_1_80:1|c']);
  });

  it('sends each duration since the last time, or an even spread of many', () => {
    const durationsMs = fc.array(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(durationsMs), (rounds) => {
        const lines = new StatsdLines('lb');
        const observed = new Histogram();
        for (const round of rounds) {
          for (const each of round) observed.observe(each);
          const { ms, weights } = timed([...lines.next(durations(observed))]);
          expect(ms).toHaveLength(Math.min(20, round.length));
          expect(sum(weights)).toBeCloseTo(round.length, 6);
          expect(new Set(weights).size).toBeLessThanOrEqual(1);
          const sorted = round.toSorted((a, b) => a - b);
          for (const [at, found] of ms.entries()) {
            const rank = (at * (round.length - 1)) / Math.max(1, ms.length - 1);
            const exact = sorted[Math.round(rank)]!;
            expect(Math.abs(found - exact) / exact).toBeLessThan(1 / 7);
          }
        }
      }),
    );
  });

  it('takes a histogram with fewer durations than before for one that began anew', () => {
    const lines = new StatsdLines('lb');
    const many = new Histogram();
    for (let n = 0; n < 5; n++) many.observe(10);
    const few = new Histogram();
    few.observe(10);
    expect([...lines.next(durations(many))]).toHaveLength(5);
    expect([...lines.next(durations(few))]).toHaveLength(1);
  });

  it('lets no name of the configuration end a name, a line or a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a:|@#.\n ü\u0000') }), (text) => {
        const family = counter('requests_total', '', [{ labels: [['pool', text]], value: 1 }]);
        const [line = ''] = new StatsdLines('lb').next([family]);
        expect(line).toMatch(/^lb\.requests_total\.[A-Za-z0-9_-]+:1\|c$/);
      }),
    );
  });
});

describe('inDatagrams', () => {
  it('packs all lines, in order, into datagrams that fit a frame', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '.', ':'), minLength: 1, maxLength: 700 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
        const datagrams = [...inDatagrams(lines)];
        expect(datagrams.join('\n')).toBe(lines.join('\n'));
        expect(datagrams.every(({ length }) => length > 0 && length <= 1432)).toBe(true);
        const bytes = lines.reduce((sum, { length }) => sum + length + 1, 0);
        expect(datagrams.length).toBeLessThanOrEqual(Math.ceil(bytes / 700) + 1);
      }),
    );
  });
});

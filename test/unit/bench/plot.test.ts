import { expect, it } from 'vitest';
import { logTicks, renderPlot, spreadLabels } from '../../../bench/load/plot.ts';
import { collectLines } from '../../../bench/load/results.ts';

it.each([
  [6.5, 160, [5, 10, 20, 50, 100, 200]],
  [10, 20, [10, 20]],
  [0.3, 0.4, [0.2, 0.5]],
])('puts ticks from below %d to above %d', (min, max, ticks) => {
  expect(logTicks(min, max)).toEqual(ticks);
});

it('moves a label down that would stand on another, and leaves the others', () => {
  expect(spreadLabels([100, 40, 102])).toEqual([100, 40, 115]);
});

it('draws a line for each peer through all its points, the costlier the higher', () => {
  const points = (cost: number) => [
    { connections: 64, cost },
    { connections: 8000, cost: 2 * cost },
  ];
  const lines = [
    { name: 'lb', points: points(10) },
    { name: '<other>', points: points(20) },
  ];
  const svg = renderPlot(lines, 'a machine');
  const heights = [...svg.matchAll(/<polyline points="[\d.]+,([\d.]+) [\d.]+,([\d.]+)"/g)].map(
    ([, first, last]) => [Number(first), Number(last)],
  );
  // The first line is drawn last; y counts from the top.
  const [other, lb] = heights;
  expect(other![0]).toBeLessThan(lb![0]!);
  expect(other![1]).toBeLessThan(other![0]!);
  expect(lb![1]).toBe(other![0]);
  expect(svg).toContain('>&lt;other></text>');
});

it('leaves out of the plot who has no row, or a cost of 0, in one of its scenarios', () => {
  const row = (name: string, median: number) => ({ name, cost: { median, min: 1, max: 99 } });
  const scenarios = [
    { connections: 64, summaries: [row('lb', 10), row('caddy', 80), row('floor', 0)] },
    { connections: 8000, summaries: [row('lb', 20), row('floor', 9)] },
  ];
  expect(collectLines(scenarios)).toEqual([
    {
      name: 'lb',
      points: [
        { connections: 64, cost: 10 },
        { connections: 8000, cost: 20 },
      ],
    },
  ]);
});

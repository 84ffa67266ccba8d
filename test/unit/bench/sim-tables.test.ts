import { expect, it } from 'vitest';
import { scenarios } from '../../../bench/sim/scenarios.ts';
import { renderMarkdown, renderScenario } from '../../../bench/sim/tables.ts';

const [equal] = scenarios;
const failing = scenarios.find(({ figure }) => figure === 'failed');
if (equal === undefined || failing === undefined) throw new Error('need both kinds of scenario');

const outcome = {
  p50Ms: 14.4,
  p99Ms: 1_234.5,
  maxMs: 2_000,
  meanWaitMs: 1.26,
  waited: 0.25,
  failed: 0.125,
  shares: [0.6, 0.4],
  overloaded: false,
};
const results = [
  { label: 'good', outcome },
  { label: 'swamped', outcome: { ...outcome, overloaded: true } },
  { label: 'refused', outcome: null },
];

it('shows everything about a scenario, in columns', () => {
  expect(renderScenario({ scenario: equal, results }).split('\n')).toEqual([
    'equal-70: 10 equal backends at 70 % load',
    'algorithm  p50 ms   p99 ms  max ms  waited %  mean wait ms  least share %  most %',
    'good           14    1,235   2,000      25.0           1.3          40.00   60.00',
    'swamped        14  1,235 ↑   2,000      25.0           1.3          40.00   60.00',
    'refused         -        -       -         -             -              -       -',
  ]);
});

it('shows the share of the odd backend, which is the first, and failures where there are any', () => {
  const [, titles, row] = renderScenario({ scenario: failing, results }).split('\n');
  expect(titles).toMatch(/ odd one % {2}failed %$/);
  expect(row).toMatch(/ 60\.0 +12\.5$/);
});

it('puts one figure of each scenario into a Markdown table', () => {
  const comparisons = [
    { scenario: equal, results },
    { scenario: failing, results },
  ];
  expect(renderMarkdown(comparisons).split('\n')).toEqual([
    `|  | ${equal.title} | ${failing.title} |`,
    '| --- | ---: | ---: |',
    '| `good` | 1,235 | 12.5 % |',
    '| `swamped` | 1,235 ↑ | 12.5 % |',
    '| `refused` | – | – |',
  ]);
});

import { unreachable } from '../../src/foundation/unreachable.ts';
import type { Outcome } from './outcome.ts';
import type { Scenario } from './scenario.ts';

/** What one contestant reached in one scenario; null where lb would refuse the configuration. */
export interface Result {
  readonly label: string;
  readonly outcome: Outcome | null;
}

export interface Comparison {
  readonly scenario: Scenario;
  /** In the same order for each scenario. */
  readonly results: readonly Result[];
}

interface Column {
  readonly title: string;
  readonly cell: (outcome: Outcome) => string;
}

const usualColumns: readonly Column[] = [
  { title: 'p50 ms', cell: ({ p50Ms }) => number(p50Ms, 0) },
  { title: 'p99 ms', cell: renderP99 },
  { title: 'max ms', cell: ({ maxMs }) => number(maxMs, 0) },
  { title: 'waited %', cell: ({ waited }) => percent(waited) },
  { title: 'mean wait ms', cell: ({ meanWaitMs }) => number(meanWaitMs, 1) },
  { title: 'least share %', cell: ({ shares }) => percent(Math.min(...shares), 2) },
  { title: 'most %', cell: ({ shares }) => percent(Math.max(...shares), 2) },
];
const oddColumn: Column = { title: 'odd one %', cell: ({ shares }) => percent(shares[0]!) };
const failedColumn: Column = { title: 'failed %', cell: ({ failed }) => percent(failed) };

/** Everything about one scenario, for a terminal. */
export function renderScenario({ scenario, results }: Comparison): string {
  const columns = [
    ...usualColumns,
    ...(scenario.hasOddBackend ? [oddColumn] : []),
    ...(scenario.figure === 'failed' ? [failedColumn] : []),
  ];
  const rows = results.map(({ label, outcome }) => [
    label,
    ...columns.map(({ cell }) => (outcome === null ? '-' : cell(outcome))),
  ]);
  return [
    `${scenario.name}: ${scenario.summary}`,
    ...alignColumns([['algorithm', ...columns.map(({ title }) => title)], ...rows]),
  ].join('\n');
}

/** One figure of each scenario, for docs/algorithms.md. */
export function renderMarkdown(comparisons: readonly Comparison[]): string {
  const labels = comparisons[0]?.results.map(({ label }) => label) ?? [];
  const rows = labels.map((label, contestant) => [
    `\`${label}\``,
    ...comparisons.map(({ scenario, results }) => {
      const outcome = results[contestant]?.outcome ?? null;
      return outcome === null ? '–' : renderFigure(scenario, outcome);
    }),
  ]);
  const head = ['', ...comparisons.map(({ scenario }) => scenario.title)];
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function renderFigure({ figure }: Scenario, outcome: Outcome): string {
  switch (figure) {
    case 'p99':
      return renderP99(outcome);
    case 'failed':
      return `${percent(outcome.failed)} %`;
    default:
      return unreachable(figure);
  }
}

function renderP99({ p99Ms, overloaded }: Outcome): string {
  return overloaded ? `${number(p99Ms, 0)} ↑` : number(p99Ms, 0);
}

function percent(part: number, digits = 1): string {
  return number(100 * part, digits);
}

function number(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** First column to the left, the others to the right, two spaces between them. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
}

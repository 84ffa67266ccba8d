import { unreachable } from '../../src/foundation/unreachable.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { Spread } from './statistics.ts';
import { errorsOf, type PeerOutcome, type PeerSummary } from './summary.ts';

/**
 * The table for people, in Markdown that also reads well on a terminal: one row for each peer, under each voided,
 * failed or skipped one the reason.
 */
export function renderTable(
  scenario: Pick<Scenario, 'kind' | 'costTitle' | 'costDigits' | 'details'>,
  outcomes: readonly PeerOutcome[],
  summaries: readonly PeerSummary[],
  referenceName: string,
): string {
  const { kind, costTitle, costDigits, details } = scenario;
  const hasRatio = kind === 'peers';
  const titles = [
    kind === 'peers' ? 'peer' : 'case',
    costTitle,
    '(min–max)',
    ...(hasRatio ? [`× ${referenceName}`, '(min–max)'] : []),
    ...details.map(({ title }) => title),
  ];
  const rows = summaries.map(({ name, cost, ratio, details: values }) => [
    label(name, outcomes),
    grouped(cost.median, costDigits),
    range(cost, costDigits),
    ...(hasRatio ? renderRatio(ratio) : []),
    ...details.map(({ key, digits }) => grouped(values[key] ?? Number.NaN, digits)),
  ]);
  const missing = outcomes.flatMap(describeMissing).map((line) => `- ${line}`);
  const table = alignColumns([titles, ...rows]);
  return [...table, ...(missing.length === 0 ? [] : ['', ...missing])].join('\n');
}

/** First column to the left, the others to the right. */
function alignColumns([titles = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(titles), line(rule), ...rows.map(line)];
}

function label(name: string, outcomes: readonly PeerOutcome[]): string {
  const outcome = outcomes.find((candidate) => candidate.name === name);
  return outcome === undefined || outcome.kind === 'skipped' ? name : named(outcome);
}

/** Why a peer has no row; nothing when it has one. */
function describeMissing(outcome: PeerOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'skipped':
      return [`${outcome.name}: skipped: ${outcome.reason}`];
    case 'failed':
      return [`${named(outcome)}: failed: ${outcome.reason}`];
    case 'measured': {
      const errors = errorsOf(outcome);
      return errors.length === 0 ? [] : [`${named(outcome)}: void: ${errors.join('; ')}`];
    }
    default:
      return unreachable(outcome);
  }
}

function named({ name, version }: { readonly name: string; readonly version: string }): string {
  return version === '' ? name : `${name} ${version}`;
}

function renderRatio(ratio: Spread | null): readonly string[] {
  return ratio === null ? ['-', '-'] : [ratio.median.toFixed(2), range(ratio, 2)];
}

function range({ min, max }: Spread, digits: number): string {
  return `${grouped(min, digits)}–${grouped(max, digits)}`;
}

function grouped(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-';
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

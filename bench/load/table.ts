import { unreachable } from '../../src/foundation/unreachable.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { Spread } from './statistics.ts';
import { errorsOf, type PeerOutcome, type PeerSummary } from './summary.ts';

/** The table for people: one row for each peer, under each voided or failed one the reason. */
export function renderTable(
  scenario: Pick<Scenario, 'costTitle' | 'details'>,
  outcomes: readonly PeerOutcome[],
  summaries: readonly PeerSummary[],
  referenceName: string,
): string {
  const titles = [
    'peer',
    scenario.costTitle,
    '(min–max)',
    `× ${referenceName}`,
    '(min–max)',
    ...scenario.details.map(({ title }) => title),
  ];
  const rows = summaries.map((summary) => [
    label(summary.name, outcomes),
    summary.cost.median.toFixed(1),
    range(summary.cost, 1),
    summary.ratio === null ? '-' : summary.ratio.median.toFixed(2),
    summary.ratio === null ? '-' : range(summary.ratio, 2),
    ...scenario.details.map(({ key, digits }) => grouped(summary.details[key] ?? 0, digits)),
  ]);
  return [...alignColumns([titles, ...rows]), ...outcomes.flatMap(describeMissing)].join('\n');
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

function label(name: string, outcomes: readonly PeerOutcome[]): string {
  const outcome = outcomes.find((candidate) => candidate.name === name);
  return outcome === undefined || outcome.kind === 'skipped' ? name : `${name} ${outcome.version}`;
}

/** Why a peer has no row; nothing when it has one. */
function describeMissing(outcome: PeerOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'skipped':
      return [`${outcome.name}: skipped: ${outcome.reason}`];
    case 'failed':
      return [`${outcome.name} ${outcome.version}: failed: ${outcome.reason}`];
    case 'measured': {
      const errors = errorsOf(outcome.rounds);
      if (errors.length === 0) return [];
      return [`${outcome.name} ${outcome.version}: void: ${errors.join('; ')}`];
    }
    default:
      return unreachable(outcome);
  }
}

function range({ min, max }: Spread, digits: number): string {
  return `${min.toFixed(digits)}–${max.toFixed(digits)}`;
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

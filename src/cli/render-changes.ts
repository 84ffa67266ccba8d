import type { ChangeAnswer, KeyAnswer, PlannedChange } from '../api/changes.ts';
import { cleanMessage } from '../config/problem.ts';
import { count } from './print-problems.ts';

const signs = { added: '+', changed: '~', removed: '-' } as const;

/** A change, in `lb plan` with what it touches. */
type ShownChange = ChangeAnswer & Partial<Pick<PlannedChange, 'connections' | 'in_flight'>>;

/** A line for each change, one more for each of its keys, and how many there are. */
export function renderChanges(changes: readonly ShownChange[]): string {
  const lines = changes.flatMap((change) => {
    const { kind, name, keys } = change;
    const what = name === '' ? kind : `${kind} ${name}`;
    const head = `${signs[change.change]} ${what}${touchedBy(change)}`;
    return [head, ...keys.map(renderKey)];
  });
  return `${[...lines, summaryOf(changes)].join('\n')}\n`;
}

function touchedBy({ connections = 0, in_flight = 0 }: ShownChange): string {
  const parts = [
    ...(connections === 0 ? [] : [count(connections, 'connection')]),
    ...(in_flight === 0 ? [] : [`${in_flight} in flight`]),
  ];
  return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
}

function renderKey({ key, from, to }: KeyAnswer): string {
  return cleanMessage(`    ${key}: ${shown(from)} → ${shown(to)}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function summaryOf(changes: readonly ChangeAnswer[]): string {
  const parts = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
    const { length } = changes.filter(({ change }) => change === kind);
    return length === 0 ? [] : [`${length} ${kind}`];
  });
  return parts.join(', ');
}

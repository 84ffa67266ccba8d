import { expect, it } from 'vitest';
import type { Measurement } from '../../../bench/load/scenarios/scenario.ts';
import { type PeerOutcome, summarise } from '../../../bench/load/summary.ts';
import { renderTable } from '../../../bench/load/table.ts';

const scenario = {
  kind: 'peers' as const,
  costTitle: 'CPU µs/req',
  costDigits: 1,
  details: [{ key: 'rate', title: 'req/s', digits: 0 }],
};

const round = (cost: number, ...errors: string[]): Measurement => ({
  cost,
  details: { rate: 1e6 / cost },
  errors,
});

const measured = (name: string, ...rounds: Measurement[]): PeerOutcome => ({
  kind: 'measured',
  name,
  version: '1.2',
  rounds,
  halfLoadRounds: [],
});

it('takes the ratio round by round, so that a slow spell of the machine cancels out', () => {
  const outcomes = [
    measured('nginx', round(10), round(20), round(40)),
    measured('lb', round(11), round(22), round(44)),
  ];
  const lb = summarise(scenario, outcomes, 'nginx').find(({ name }) => name === 'lb');
  expect(lb?.cost).toEqual({ median: 22, min: 11, max: 44 });
  expect(lb?.ratio?.median).toBeCloseTo(1.1);
  expect(lb?.ratio?.min).toBeCloseTo(1.1);
  expect(lb?.ratio?.max).toBeCloseTo(1.1);
  expect(lb?.details).toEqual({ rate: 1e6 / 22 });
});

it('gives no row to a peer with an error in any round, and no ratio against such a reference', () => {
  const outcomes = [
    measured('nginx', round(10), round(1, '3 failed reads')),
    measured('lb', round(11), round(12)),
  ];
  const summaries = summarise(scenario, outcomes, 'nginx');
  expect(summaries.map(({ name, ratio }) => ({ name, ratio }))).toEqual([
    { name: 'lb', ratio: null },
  ]);
  expect(renderTable(scenario, outcomes, summaries, 'nginx').split('\n').at(-1)).toBe(
    '- nginx 1.2: void: round 2: 3 failed reads',
  );
});

it('takes details from the rounds that have them, and voids the row for an error at half load too', () => {
  const details = [{ key: 'p99', title: 'p99 ms', digits: 2 }];
  const atHalfLoad = (p99: number, ...errors: string[]) => ({ cost: 1, details: { p99 }, errors });
  const lb = { ...measured('lb', round(10)), halfLoadRounds: [atHalfLoad(3), atHalfLoad(5)] };
  const bad = { ...measured('nginx', round(9)), halfLoadRounds: [atHalfLoad(3, 'no answers')] };
  const outcomes = [lb, bad];
  const summaries = summarise({ details }, outcomes, 'nginx');
  expect(summaries.map((summary) => [summary.name, summary.details])).toEqual([['lb', { p99: 4 }]]);
  const table = renderTable({ ...scenario, details }, outcomes, summaries, 'nginx');
  expect(table).toContain('- nginx 1.2: void: half load, round 1: no answers');
});

it('lines up the columns and says under them why a peer is missing', () => {
  const outcomes: PeerOutcome[] = [
    measured('nginx', round(10)),
    measured('floor', round(4)),
    { kind: 'skipped', name: 'caddy', reason: 'not installed' },
    { kind: 'failed', name: 'lb', version: '0.1', reason: 'it exited with 1' },
  ];
  const table = renderTable(scenario, outcomes, summarise(scenario, outcomes, 'nginx'), 'nginx');
  expect(table.split('\n')).toEqual([
    '| peer      | CPU µs/req | (min–max) | × nginx | (min–max) |   req/s |',
    '| --------- | ---------: | --------: | ------: | --------: | ------: |',
    '| nginx 1.2 |       10.0 | 10.0–10.0 |    1.00 | 1.00–1.00 | 100,000 |',
    '| floor 1.2 |        4.0 |   4.0–4.0 |    0.40 | 0.40–0.40 | 250,000 |',
    '',
    '- caddy: skipped: not installed',
    '- lb 0.1: failed: it exited with 1',
  ]);
});

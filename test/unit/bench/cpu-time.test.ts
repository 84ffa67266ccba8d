import { expect, it } from 'vitest';
import {
  descendants,
  parseCoreMicroseconds,
  parseProcessStat,
} from '../../../bench/load/cpu-time.ts';

it('adds user and system time of a process and of its ended children', () => {
  const line =
    '4242 (nginx) S 17 4242 4242 0 -1 4194304 100 200 0 0 7 30 1 2 20 0 1 0 9999 1000 50';
  expect(parseProcessStat(line)).toEqual({ parentPid: 17, cpuTicks: 40 });
});

it('is not misled by a command name with spaces and parentheses', () => {
  const line = '5 (a) R 9 (b) S 3 5 5 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 9 1 1';
  expect(parseProcessStat(line)).toEqual({ parentPid: 3, cpuTicks: 10 });
});

it('finds children and their children, and nobody else', () => {
  const stats = new Map(
    [
      [30, 20],
      [10, 1],
      [20, 10],
      [40, 1],
    ].map(([pid = 0, parentPid = 0]) => [pid, { parentPid, cpuTicks: 0 }]),
  );
  expect(descendants(10, stats)).toEqual([10, 20, 30]);
});

it('counts what kept a core busy, and neither its idle time nor another core', () => {
  const procStat =
    'cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 1 2 3 1000 2000 4 5 6 0 0\ncpu11 7 7 7 7 7 7 7 7 0 0\n';
  expect(parseCoreMicroseconds(procStat, 1)).toBe(210_000);
  expect(() => parseCoreMicroseconds(procStat, 2)).toThrow('core 2');
});

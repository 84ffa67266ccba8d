import { expect, it } from 'vitest';
import { parseMemory } from '../../../bench/load/memory.ts';

const rollup = `55d0-7ffc ---p 00000000 00:00 0                          [rollup]
Rss:               47104 kB
Pss:               30211 kB
Pss_Dirty:         20000 kB
`;

it('reads what a process holds and its share of that', () => {
  expect(parseMemory(rollup)).toEqual({ rssKiB: 47_104, pssKiB: 30_211 });
});

it('refuses a text without them', () => {
  expect(() => parseMemory('Pss_Dirty: 1 kB\n')).toThrow('Cannot read Rss');
});

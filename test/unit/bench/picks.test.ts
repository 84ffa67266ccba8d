import { expect, it } from 'vitest';
import { parseMicro } from '../../../bench/load/scenarios/picks.ts';

it("reads the lines of bench/micro's programs, and no others", () => {
  const stdout = [
    'round_robin, 1,000 backends                            3.4 ns/op  (3.3 to 4.0)             0.0 bytes/op',
    'some other line',
    '10 exact hosts (makes host)                           80.1 ns/op  (79.0 to 99.2)          31.9 bytes/op',
  ].join('\n');
  expect(parseMicro(stdout)).toEqual([
    {
      name: 'round_robin, 1,000 backends',
      measurement: { cost: 3.4, details: { bytes: 0 }, errors: [] },
    },
    {
      name: '10 exact hosts (makes host)',
      measurement: { cost: 80.1, details: { bytes: 31.9 }, errors: [] },
    },
  ]);
});

import { expect, it } from 'vitest';
import { parseOptions } from '../../../bench/sim/options.ts';

const parse = (...argv: string[]) => parseOptions(argv, ['equal-70', 'hot-keys', 'many']);

it('runs every scenario with the algorithms of lb when nothing is asked for', () => {
  expect(parse()).toEqual({
    kind: 'run',
    options: { scenarios: ['equal-70', 'hot-keys', 'many'], custom: [], markdown: false },
  });
});

it('takes some scenarios, in the order of the catalog, and several custom algorithms', () => {
  const parsed = parse('--scenario=many,equal-70', '--algorithm', './a.js', '--algorithm=./b.js');
  expect(parsed).toMatchObject({
    options: { scenarios: ['equal-70', 'many'], custom: ['./a.js', './b.js'] },
  });
});

it('refuses a scenario that is not there and an option that it does not know', () => {
  expect(parse('--scenario', 'fog')).toEqual({
    kind: 'usage',
    problem: 'Cannot use --scenario "fog": need equal-70, hot-keys, many or all',
  });
  expect(parse('--speed')).toMatchObject({ problem: expect.stringContaining('--speed') });
});

it('shows the usage without a problem when asked for help', () => {
  expect(parse('--help')).toEqual({ kind: 'usage', problem: null });
});

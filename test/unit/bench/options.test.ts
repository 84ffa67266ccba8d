import { expect, it } from 'vitest';
import { parseOptions } from '../../../bench/load/options.ts';

const known = { scenarios: ['small', 'close', 'upload'], peers: ['lb', 'nginx', 'floor'] };
const parse = (...argv: string[]) => parseOptions(argv, known);

it('runs the small scenario over all peers when nothing is asked for', () => {
  expect(parse()).toEqual({
    kind: 'run',
    options: { scenarios: ['small'], peers: ['lb', 'nginx', 'floor'], rounds: 4, seconds: 2 },
  });
});

it('keeps the order of the catalogs and drops repetitions', () => {
  const parsed = parse('--scenario=upload,small', '--peers', 'floor,lb,floor', '--rounds', '2');
  expect(parsed).toEqual({
    kind: 'run',
    options: { scenarios: ['small', 'upload'], peers: ['lb', 'floor'], rounds: 2, seconds: 2 },
  });
});

it('takes `all` for every scenario', () => {
  expect(parse('--scenario', 'all')).toMatchObject({ options: { scenarios: known.scenarios } });
});

it.each([
  [['--peers', 'lb,apache'], '--peers "apache": need lb, nginx, floor or all'],
  [['--rounds', '0'], '--rounds "0": need a whole number from 1 to 100'],
  [['--seconds', '2.5'], '--seconds "2.5": need a whole number from 1 to 300'],
  [['--speed', '9'], "Unknown option '--speed'"],
  [['small'], "Unexpected argument 'small'"],
])('refuses %j', (argv, problem) => {
  expect(parse(...argv)).toEqual({ kind: 'usage', problem: expect.stringContaining(problem) });
});

it('shows the usage without a problem when asked for help', () => {
  expect(parse('--help')).toEqual({ kind: 'usage', problem: null });
});

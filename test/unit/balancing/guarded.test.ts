import { expect, it } from 'vitest';
import type { Algorithm, Picker } from '../../../src/balancing/algorithm.ts';
import { ConfiguredAlgorithm } from '../../../src/balancing/configured.ts';
import { countPicks, evenTargets } from './fixtures.ts';

/** An algorithm of a module, in place under the name `./x.js`. */
function configure(build: Algorithm['build']) {
  const reports: string[] = [];
  const algorithm: Algorithm = { name: 'x', optionsSchema: {}, weighted: true, build };
  const configured = new ConfiguredAlgorithm(
    { name: './x.js', options: {} },
    {
      custom: new Map([['./x.js', algorithm]]),
      random: () => 0,
      now: () => 0,
      onFault: (name, error) => reports.push(`${name}: ${error}`),
    },
  );
  return { configured, reports };
}

function picksFrom(answers: readonly unknown[]) {
  let turn = 0;
  return (): Picker => ({ pick: () => answers[turn++ % answers.length] as number });
}

it('passes on what a custom algorithm answers', () => {
  const { configured, reports } = configure(picksFrom([2, 0]));
  expect(countPicks(configured.build(evenTargets(3), null), 3, 10)).toEqual([5, 0, 5]);
  expect({ reports, faults: configured.faults.count }).toEqual({ reports: [], faults: 0 });
});

it.each([
  ['3', 3],
  ['-1', -1],
  ['1.5', 1.5],
  ['NaN', Number.NaN],
  ['undefined', undefined],
  ['"1"', '1'],
  ['an object', Promise.resolve(1)],
])('lets round robin pick for one that answers %s, tells it once and counts it', (said, answer) => {
  const { configured, reports } = configure(picksFrom([answer]));
  expect(countPicks(configured.build(evenTargets(3), null), 3, 9)).toEqual([3, 3, 3]);
  const message = `pick() answered ${said}; needs a whole number from 0 to 2`;
  expect(reports).toEqual([`./x.js: TypeError: ${message}`]);
  expect(configured.faults.count).toBe(9);
});

it('does so only where it has to', () => {
  const { configured } = configure(picksFrom([1, 7, 1, 1]));
  const counts = countPicks(configured.build(evenTargets(2), null), 2, 8);
  expect(counts).toEqual([1, 7]); // round robin made two, one for each
  expect(configured.faults.count).toBe(2);
});

it('survives what throws: picking, being told of loads, being built', () => {
  const fail = () => {
    throw new Error('broken');
  };
  const picking = configure(() => ({ pick: fail, loadChanged: fail }));
  const picker = picking.configured.build(evenTargets(2), null);
  expect(countPicks(picker, 2, 4)).toEqual([2, 2]);
  picker.loadChanged?.(0);
  expect(picking.configured.faults.count).toBe(5);
  expect(picking.reports).toEqual(['./x.js: Error: broken']);
  const building = configure(fail);
  expect(countPicks(building.configured.build(evenTargets(2), null), 2, 4)).toEqual([2, 2]);
  expect(building.configured.faults.count).toBe(1);
});

it('counts over all its pickers, and gives each the one before', () => {
  const seen: (Picker | null)[] = [];
  const inner: Picker = { pick: () => -1 };
  const { configured, reports } = configure((_eligible, _options, { previous }) => {
    seen.push(previous);
    return inner;
  });
  const first = configured.build(evenTargets(3), null);
  first.pick(0);
  const second = configured.build(evenTargets(3), first);
  expect(second.pick(0)).toBe(1); // round robin goes on where it was, too
  expect(seen).toEqual([null, inner]);
  expect(configured.faults.count).toBe(2);
  expect(reports).toHaveLength(1);
});

it('leaves the algorithms of lb unguarded, and knows their keys', () => {
  const services = { custom: new Map(), random: () => 0, now: () => 0, onFault: () => undefined };
  const options = { key: { header: 'X-User' }, virtual_nodes: 16 };
  const hash = new ConfiguredAlgorithm({ name: 'consistent_hash', options }, services);
  expect(hash.key).toEqual({ of: 'header', name: 'X-User', ipv6Prefix: 128 });
  expect(new ConfiguredAlgorithm({ name: 'random', options: {} }, services).key).toBeNull();
  expect(() => new ConfiguredAlgorithm({ name: 'rnd', options: {} }, services)).toThrow('rnd');
});

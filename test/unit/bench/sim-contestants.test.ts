import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalogContestants, loadContestant } from '../../../bench/sim/contestants.ts';
import { algorithms } from '../../../src/balancing/catalog.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

it('tries every algorithm of the catalog with the defaults of its options', () => {
  const contestants = catalogContestants();
  for (const { name } of algorithms) {
    expect(contestants.map(({ label }) => label)).toContain(name);
  }
  expect(contestants.find(({ label }) => label === 'ip_hash')?.options).toEqual({
    ipv6_prefix: 128,
  });
});

it('tries consistent hashing with a bound on loads, too', () => {
  const bounded = catalogContestants().find(({ label }) => label.endsWith('bounded_load: 1.25'));
  expect(bounded?.algorithm.name).toBe('consistent_hash');
  expect(bounded?.options).toMatchObject({ key: 'client_ip', bounded_load: 1.25 });
});

it('takes a custom algorithm from a module, and says what is wrong with one that lb would refuse', async () => {
  const folder = makeTempDir();
  const path = join(folder, 'first.mjs');
  await writeFile(
    path,
    `export const algorithm = {
      name: 'first',
      weighted: false,
      optionsSchema: { type: 'object', properties: { index: { type: 'integer', default: 0 } } },
      build: (_eligible, { index }) => ({ pick: () => index }),
    };`,
  );
  expect(await loadContestant(path)).toMatchObject({ label: 'first', options: { index: 0 } });

  const wrong = join(folder, 'wrong.mjs');
  await writeFile(wrong, 'export const first = 1;');
  expect(await loadContestant(wrong)).toContain('it exports first');
  expect(await loadContestant(join(folder, 'missing.mjs'))).toContain('missing.mjs');
});

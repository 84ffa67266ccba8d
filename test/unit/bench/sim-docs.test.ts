import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { compare } from '../../../bench/sim/compare.ts';
import { catalogContestants } from '../../../bench/sim/contestants.ts';
import { scenarios } from '../../../bench/sim/scenarios.ts';
import { renderMarkdown } from '../../../bench/sim/tables.ts';
import { algorithms } from '../../../src/balancing/catalog.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/algorithms.md'), 'utf8');

function between(start: string, end: string): string {
  const [, rest = ''] = page.split(start);
  return rest.split(end)[0] ?? '';
}

// Some seconds of work, so not the usual limit.
it('shows what `npm run sim -- --markdown` prints', { timeout: 60_000 }, () => {
  const table = between('<!-- begin: npm run sim -- --markdown -->\n', '\n<!-- end -->');
  const comparisons = scenarios.map((scenario) => compare(scenario, catalogContestants()));
  expect(table).toBe(renderMarkdown(comparisons));
});

it('explains each column of that table', () => {
  const explained = between('| Column | Is |\n', '\n\n');
  for (const { title } of scenarios) expect(explained).toContain(`\n| ${title} | `);
});

it.each(algorithms)(
  'describes $name and each of its options, and shows how to write it',
  ({ name, optionsSchema }) => {
    const section = between(`\n### \`${name}\`\n`, '\n### ');
    expect(section).toMatch(new RegExp(`algorithm: (\\{ name: )?${name}\\b`));
    for (const option of Object.keys(optionsSchema['properties'] ?? {})) {
      expect(section).toContain(`${option}: `);
    }
  },
);

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { reasonsPage } from '../../../build/reference/reasons-page.ts';
import { type Reason, reasons } from '../../../src/foundation/reason.ts';
import { reasonGuide } from '../../../src/why/reason-guide.ts';

const docs = resolve(import.meta.dirname, '../../../docs');
const names = Object.keys(reasons) as Reason[]; // its own keys
/** Its tables have each key in backquotes; short forms end there, too. */
const reference = readFileSync(resolve(docs, 'configuration.md'), 'utf8');

it('has a section for each reason, with its status, and no other', () => {
  const sections = [...reasonsPage().matchAll(/^### `(\w+)`\n\n\*\*(\d+)\*\*/gm)].map(
    ([, name, status]) => [name, Number(status)],
  );
  expect(sections.toSorted()).toEqual(names.map((name) => [name, reasons[name].status]).toSorted());
});

it.each(names)('tells cause and cure of %s in whole sentences', (name) => {
  const { cause, cure } = reasonGuide[name];
  for (const text of [cause, cure]) expect(text).toMatch(/^[\P{Cc}]+[.?]$/u);
});

it.each(names)('names only keys that there are for %s', (name) => {
  const { cause, cure } = reasonGuide[name];
  const code = `${cause} ${cure}`.matchAll(/`([a-z_]+(?:\[\])?(?:\.[A-Za-z_]+(?:\[\])?)+)[^`]*`/g);
  for (const [, key = ''] of code) expect(reference).toContain(`${key}\``);
});

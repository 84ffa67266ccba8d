import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../src/config/schema.ts';
import { leaves } from './leaves.ts';

const page = resolve(import.meta.dirname, '../../../docs/configuration.md');
const rows = readFileSync(page, 'utf8').split('\n');

const keys = [...leaves(configSchema, '')];

it('finds keys to look up', () => expect(keys.length).toBeGreaterThan(40));

it.each(keys)('%s stands in the reference with its default', (key, value) => {
  const row = rows.find((line) => line.startsWith(`| \`${key}\` |`));
  expect(row).toBeDefined();
  if (value !== undefined) {
    const text = typeof value === 'object' || value === '' ? JSON.stringify(value) : String(value);
    expect(row?.split(' | ')[2]).toContain(`\`${text}\``);
  }
});

it('describes no key that lb does not know', () => {
  const known = new Set<string>(keys.map(([key]) => key));
  const described = rows.flatMap(
    (line) => /^\| `((?:global|listeners|pools)[^`]*)` \|/.exec(line)?.[1] ?? [],
  );
  const unknown = described.filter((key) => !known.has(key));
  // Their own values, off and names, are no leaves.
  expect(unknown.toSorted()).toEqual([
    'global.admin',
    'pools.NAME.health_check',
    'pools.NAME.passive_health',
  ]);
});

function placeOf(path: string, key: string): string {
  if (path === '') return key;
  if (path === 'health_checks') return 'pools.NAME.health_check';
  return path === 'pools' ? 'pools.NAME' : `${path}.${key}`;
}

/** The values that a file gives to each key, under the names that `leaves` uses. */
function collect(
  value: unknown,
  path: string,
  into: Map<string, unknown[]>,
): Map<string, unknown[]> {
  into.set(path, [...(into.get(path) ?? []), value]);
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, placeOf(path, key), into);
    }
  }
  return into;
}

const full = resolve(import.meta.dirname, '../../../examples/full.yaml');
const values = collect(parse(readFileSync(full, 'utf8')), '', new Map());

it.each(keys)('%s stands in examples/full.yaml, with its default', (key, value) => {
  expect(values.get(key)).toBeDefined();
  if (value !== undefined) expect(values.get(key)).toContainEqual(value);
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaKeys } from '../../../build/reference/schema-keys.ts';

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

const keys = schemaKeys().filter(({ isSection }) => !isSection);

it('finds keys to look up', () => expect(keys.length).toBeGreaterThan(40));

it.each(keys)('$path stands in examples/full.yaml, with its default', ({ path, schema }) => {
  expect(values.get(path)).toBeDefined();
  if (schema.default !== undefined && !isMap(schema.default)) {
    expect(values.get(path)).toContainEqual(schema.default);
  }
});

/** Where the default is a map of further keys, these are looked up. */
function isMap(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value);
}

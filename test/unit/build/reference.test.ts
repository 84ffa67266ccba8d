import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generatedFiles } from '../../../build/docs.ts';
import { schemaKeys } from '../../../build/reference/schema-keys.ts';
import { fillTables, referenceKeys } from '../../../build/reference/tables.ts';
import { typeText } from '../../../build/reference/type-text.ts';
import { describeKey, descriptions } from '../../../src/config/descriptions/catalog.ts';
import { configSchema, type JsonSchema } from '../../../src/config/schema.ts';
import { findViolations } from '../../../src/config/violations.ts';

const root = resolve(import.meta.dirname, '../../..');
const keys = referenceKeys();
const sections = schemaKeys().filter(({ isSection }) => isSection);

it('finds keys to describe', () => expect(keys.length).toBeGreaterThan(100));

it.each(generatedFiles)('$path is as `npm run docs` writes it', ({ path, generate }) => {
  const present = readFileSync(resolve(root, path), 'utf8');
  expect(present, 'run `npm run docs` and commit what it writes').toBe(generate(present));
});

describe.each(keys)('$path', ({ path, schema }) => {
  it('has a meaning, and an example that lb accepts', () => {
    const { meaning, example } = describeKey(path) ?? {};
    expect(meaning, 'in src/config/descriptions').toMatch(/\.$/);
    expect(example, 'in src/config/descriptions').toBeDefined();
    expect(findViolations(textOf(example ?? '', schema), schema)).toEqual([]);
  });

  it('shows an example that says something else than the default', () => {
    expect(parse(describeKey(path)?.example ?? '')).not.toEqual(schema.default);
  });
});

/** As lb reads an unquoted scalar where text is wanted. */
function textOf(example: string, schema: JsonSchema): unknown {
  const value = parse(example);
  if (Array.isArray(value))
    return value.map((item) => (typeof item === 'number' ? `${item}` : item));
  return schema.type === 'string' && typeof value !== 'object' ? String(value) : value;
}

it.each(sections)('$path, which only holds other keys, has a meaning', ({ path }) => {
  expect(describeKey(path)?.meaning).toMatch(/\.$/);
});

it('describes nothing that lb does not know', () => {
  const known = new Set([...keys, ...sections].map(({ path }) => path));
  expect(Object.keys(descriptions).filter((path) => !known.has(path))).toEqual([]);
});

it('refuses a page that has no table for some key', () => {
  const page = '<!-- begin: npm run docs: global -->\n<!-- end -->\n';
  expect(() => fillTables(page)).toThrow('Cannot place "listeners[].name"');
});

it.each([
  [
    'a duration with bounds',
    { kind: 'duration', type: 'string', atLeast: 100, atMost: 3_600_000 },
    'duration from `100ms` to `1h`',
  ],
  [
    'a size',
    { kind: 'size', type: ['string', 'integer'], atLeast: 0, atMost: 1024 },
    'size, `0B` to `1KiB`',
  ],
  ['words', { enum: ['a', 'b', 'c'] }, '`a`, `b` or `c`'],
  [
    'a list',
    { type: 'array', items: { type: 'string', kind: 'method' }, minItems: 1 },
    'list of methods, at least one',
  ],
  ['a list of words', { type: 'array', items: { enum: ['a', 'b'] } }, 'list of words'],
  ['a list of texts', { type: 'array', items: { type: 'string' } }, 'list of texts'],
  ['a map or a word', { type: ['object', 'string'], kind: 'off' }, 'map, or `off`'],
  ['a number', { type: 'integer', minimum: 1, maximum: 5 }, '1 to 5'],
  ['a number without a bound', { type: 'integer', minimum: 1 }, '1 or more'],
  ['text', { type: 'string' }, 'text'],
] as const)('says what %s may be', (_what, schema, text) => {
  expect(typeText(schema as JsonSchema)).toBe(text);
});

it('knows a key of every part of lb.yaml', () => {
  const paths = schemaKeys().map(({ path }) => path);
  for (const key of Object.keys(configSchema.properties ?? {})) {
    expect(paths.some((path) => path.startsWith(key))).toBe(true);
  }
});

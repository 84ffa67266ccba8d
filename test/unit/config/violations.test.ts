import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, type JsonSchema } from '../../../src/config/schema.ts';
import { complain, findViolations } from '../../../src/config/violations.ts';

// The reference: ajv over the same schema. Whatever it finds wrong and fills in, findViolations must.

const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  allowUnionTypes: true,
  keywords: [
    {
      keyword: 'kind',
      schemaType: 'string',
      compile: (_kind: string, schema: AnySchemaObject) => (data: unknown) =>
        complain(data, schema as JsonSchema) === null,
    },
    'atLeast',
    'atMost',
  ],
});
const accepts = ajv.compile(configSchema);

/** Errors of ajv that only repeat an inner one. */
const REPEATING = ['if', 'propertyNames'];
/** What findViolations tells about a value; ajv tells more. */
const TOLD = ['additionalProperty', 'missingProperty', 'i'];

interface Told {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly propertyName?: string | undefined;
}

function lineOf({ keyword, instancePath, params, propertyName = '' }: Told): string {
  const told = Object.entries(params).filter(([name]) => TOLD.includes(name));
  return `${instancePath} ${keyword} ${propertyName} ${JSON.stringify(told)}`;
}

function expectAgreement(document: unknown): number {
  const [ours, reference] = [structuredClone(document), structuredClone(document)];
  const violations = findViolations(ours, configSchema).map(lineOf);
  accepts(reference);
  const errors = (accepts.errors ?? []).filter(({ keyword }) => !REPEATING.includes(keyword));
  expect(violations.toSorted()).toEqual(errors.map(lineOf).toSorted());
  expect(ours).toEqual(reference);
  return violations.length;
}

const root = resolve(import.meta.dirname, '../../..');
const folders = [join(root, 'examples'), join(root, 'test/fixtures/broken')];
const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
const documents = files.flatMap((file) => {
  try {
    return file.endsWith('.yaml') ? [[file, parse(readFileSync(file, 'utf8'))] as const] : [];
  } catch {
    return []; // broken as YAML already
  }
});

describe('as ajv', () => {
  it.each(documents)('sees %s', (_file, document) => {
    expectAgreement(document);
  });

  it('sees any change to a good file', () => {
    const good = JSON.stringify(parse(readFileSync(join(root, 'examples/full.yaml'), 'utf8')));
    const values = fc.constantFrom<unknown>(
      null, true, 0, -1, 1.5, 1e12, '', 'web', '10s', '4KiB', 'tcp', 'off', 'a/b~c', [], [1, '1'],
      ['a', 'b', 'a'], [['a'], ['a']], {}, { a: 1 }, { name: 'x' }, { name: 'round_robin', x: 1 },
    ); // biome-ignore format: a table
    const keys = fc.constantFrom('name', 'bind', 'protocol', 'a/b~c', 'pool', 'timeouts', 'héllo');
    let violations = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), keys, values, fc.nat(2)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const document = JSON.parse(good);
          for (const change of changes) apply(document, change);
          violations += expectAgreement(document);
        },
      ),
      { numRuns: 500 },
    );
    expect(violations).toBeGreaterThan(500);
  });
});

/** Replaces a value, removes one or adds one, at a place that a number chooses. */
function apply(
  document: object,
  [place, key, value, how]: readonly [number, string, unknown, number],
) {
  const containers = [...containersIn(document)];
  const container = containers[place % containers.length]!; // the document is one itself
  const keys = Object.keys(container);
  const chosen = keys.length > 0 && how < 2 ? keys[place % keys.length]! : key; // within its length
  if (Array.isArray(container)) container.push(structuredClone(value));
  else if (how === 1) Reflect.deleteProperty(container, chosen);
  else container[chosen] = structuredClone(value);
}

function* containersIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>; // a list has keys as well
  for (const inner of Object.values(value)) yield* containersIn(inner);
}

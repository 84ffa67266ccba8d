import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildJsonSchema } from '../../../build/reference/json-schema.ts';
import { schemaKeys } from '../../../build/reference/schema-keys.ts';
import { describeKey } from '../../../src/config/descriptions/catalog.ts';
import { takesScalar } from '../../../src/config/schema.ts';

const root = resolve(import.meta.dirname, '../../..');
// Strict: a keyword that JSON Schema does not have is an error. Of types it wants one where lb.yaml has several.
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
});
const accepts = ajv.compile(buildJsonSchema());

const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => join('examples', file))
  .filter((file) => /^listeners:/m.test(readFileSync(join(root, file), 'utf8')));

it('finds examples', () => expect(examples.length).toBeGreaterThan(3));

it.each(examples)('accepts %s, which names the schema in its first line', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  expect(accepts(parse(text)), JSON.stringify(accepts.errors, null, 2)).toBe(true);
  const path = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
  expect(resolve(root, file, '..', path)).toBe(join(root, 'schema/lb.schema.json'));
});

const broken = join(root, 'test/fixtures/broken');
/** What only `lb check` can see, by fixture. */
const beyondSchemas: Readonly<Record<string, string>> = {
  'crlf.yaml': 'a name that nothing has',
  'duplicates.yaml': 'the same name, address or matchers twice',
  'latin1.yaml': 'the encoding',
  'references.yaml': 'names that nothing has',
  'tests.yaml': 'what requests come to',
};

it.each(readdirSync(broken).filter((file) => file.endsWith('.yaml')))('refuses %s', (file) => {
  expect({ file, ok: isAccepted(readFileSync(join(broken, file), 'utf8')) }).toEqual({
    file,
    ok: Object.hasOwn(beyondSchemas, file),
  });
});

function isAccepted(text: string): boolean {
  try {
    return accepts(parse(text));
  } catch {
    return false; // no YAML either
  }
}

const smallest = {
  listeners: [{ bind: ':8080', pool: 'web' }],
  pools: { web: { backends: ['a:1'] } },
};

it.each([
  [
    'variables in the place of numbers, words and lists of text',
    { global: { log: { level: '${LEVEL:-info}' }, limits: { max_connections: '${MAX}' } } },
  ],
  [
    'values from files',
    { global: { log: { level_file: 'level' }, trusted_proxies: ['${NETWORK}'] } },
  ],
  ['a bind from a file', { listeners: [{ bind_file: 'bind', pool: 'web' }] }],
  [
    'numbers where text is wanted',
    {
      listeners: [{ bind: ':80', routes: [{ pool: 'web', match: { headers: { 'X-Beta': 1 } } }] }],
    },
  ],
  [
    'status codes as numbers',
    { health_checks: { deep: { type: 'http', expected_codes: [200, '300-399'] } } },
  ],
  [
    'options of an algorithm',
    {
      pools: {
        web: { backends: ['a:1'], algorithm: { name: 'consistent_hash', key: { header: 'X-A' } } },
      },
    },
  ],
  [
    'options of a module',
    { pools: { web: { backends: ['a:1'], algorithm: { name: './a.js', any: 1 } } } },
  ],
])('accepts %s', (_what, part) => {
  expect(accepts({ ...smallest, ...part }), JSON.stringify(accepts.errors)).toBe(true);
});

it.each([
  ['a misspelt key', { global: { lgo: {} } }],
  ['a file for a map', { global: { limits_file: 'x' } }],
  ['a listener without an address', { listeners: [{ pool: 'web' }] }],
  [
    'an HTTP option of a TCP listener',
    { listeners: [{ bind: ':80', pool: 'web', protocol: 'tcp', routes: [] }] },
  ],
  ['a duration without unit', { global: { drain_timeout: 60 } }],
  ['a duration in words', { global: { drain_timeout: 'a minute' } }],
  ['a port alone', { listeners: [{ bind: 8080, pool: 'web' }] }],
  [
    'an option of another algorithm',
    { pools: { web: { backends: ['a:1'], algorithm: { name: 'ip_hash', key: 'path' } } } },
  ],
])('refuses %s', (_what, part) => expect(accepts({ ...smallest, ...part })).toBe(false));

const keys = schemaKeys().filter(({ isSection }) => !isSection);

it.each(keys)('accepts the example of $path, and a variable in its place', ({ path, schema }) => {
  const example = parse(describeKey(path)?.example ?? '');
  expect(accepts(fileWith(path, example)), JSON.stringify(accepts.errors)).toBe(true);
  const variable = takesScalar(schema) ? '${VARIABLE}' : example;
  expect(accepts(fileWith(path, variable)), JSON.stringify(accepts.errors)).toBe(true);
});

/** The smallest file with every section that needs some key, and this value under this key. */
function fileWith(path: string, value: unknown): unknown {
  const target = path.includes('.routes') ? { routes: [{ pool: 'web' }] } : { pool: 'web' };
  const tests = [
    { request: 'GET /', expect: path.startsWith('tests[].expect.') ? {} : 'no_route' },
  ];
  const file = {
    global: { metrics: { statsd: { address: '127.0.0.1:8125' } } },
    listeners: [{ bind: ':8080', ...target }],
    pools: { web: { backends: [{ address: 'a:1' }] } },
    tests,
  };
  const steps = path.replaceAll('[]', '.0').replace('NAME', 'web').split('.');
  const isItem = (step: string | undefined) => step === '0';
  let at: Record<string, unknown> = file;
  for (const [depth, step] of steps.slice(0, -1).entries()) {
    at[step] ??= isItem(steps[depth + 1]) ? [] : {};
    at = at[step] as Record<string, unknown>; // made one line above, or part of the smallest file
  }
  at[steps.at(-1) ?? ''] = value;
  return file;
}

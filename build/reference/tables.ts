import { algorithms } from '../../src/balancing/catalog.ts';
import { describeKey } from '../../src/config/descriptions/catalog.ts';
import type { JsonSchema } from '../../src/config/schema.ts';
import { type SchemaKey, schemaKeys } from './schema-keys.ts';
import { typeText } from './type-text.ts';

const HEADER = '| Key | Type | Default | Example | Meaning |\n|---|---|---|---|---|\n';
const table = /(<!-- begin: npm run docs: (\S+) -->\n).*?<!-- end -->/gs;

/**
 * Writes every table of a page anew: one stands between `<!-- begin: npm run docs: PREFIX -->` and `<!-- end -->`, and
 * has the keys that begin with this prefix and with no longer one of the page.
 *
 * @throws when a key would stand in no table.
 */
export function fillTables(page: string): string {
  const prefixes = [...page.matchAll(table)].map(([, , prefix = '']) => prefix);
  const rows = new Map(prefixes.map((prefix) => [prefix, [] as string[]]));
  for (const key of referenceKeys()) {
    const prefix = longestPrefix(prefixes, key.path);
    if (prefix === null) throw new Error(`Cannot place "${key.path}": no table of the page has it`);
    rows.get(prefix)?.push(rowOf(key));
  }
  return page.replace(
    table,
    (_all, begin, prefix) => `${begin}${HEADER}${rows.get(prefix)?.join('\n')}\n<!-- end -->`,
  );
}

/** Every key that takes a value, and every option of every algorithm. */
export function referenceKeys(): readonly SchemaKey[] {
  return [...schemaKeys().filter(({ isSection }) => !isSection), ...algorithmOptions()];
}

function algorithmOptions(): readonly SchemaKey[] {
  return algorithms.flatMap(({ name, optionsSchema }) =>
    Object.entries((optionsSchema as JsonSchema).properties ?? {}).map(([option, schema]) => ({
      path: `algorithm.${name}.${option}`,
      schema, // the catalog's own keep to that part of JSON Schema
      required: false,
      httpOnly: false,
      isSection: false,
    })),
  );
}

function longestPrefix(prefixes: readonly string[], path: string): string | null {
  const matching = prefixes.filter((prefix) => path.startsWith(prefix));
  return matching.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

function rowOf({ path, schema, required, httpOnly }: SchemaKey): string {
  const description = describeKey(path);
  if (description === undefined) {
    throw new Error(`Cannot describe "${path}": it needs an entry in src/config/descriptions`);
  }
  const { meaning, example = '', type = typeText(schema), default: fallback } = description;
  const limits = httpOnly && !path.includes('.routes[].') ? ' HTTP only.' : '';
  const cells = [
    `\`${path}\``,
    type,
    fallback ?? defaultText(schema, required),
    `\`${example.replaceAll('|', '\\|')}\``,
    `${meaning}${limits}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function defaultText({ default: value }: JsonSchema, required: boolean): string {
  if (value === undefined) return required ? 'required' : 'none';
  const isPlain = typeof value !== 'object' && value !== '';
  return `\`${isPlain ? value : JSON.stringify(value)}\``;
}

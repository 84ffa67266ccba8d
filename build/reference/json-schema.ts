import { parse } from 'yaml';
import { describeKey } from '../../src/config/descriptions/catalog.ts';
import { kinds } from '../../src/config/kinds.ts';
import { configSchema, type JsonSchema, takesScalar } from '../../src/config/schema.ts';
import { defined, patternOf, type StandardSchema, scalarSchema } from './scalar-schema.ts';

/**
 * What editors complete and check lb.yaml with, in JSON Schema 2020-12. It accepts every file that lb accepts, save for
 * keys that are themselves variables, and refuses what a schema can refuse: references, duplicates and the bounds of
 * durations and sizes are for `lb check`.
 */
export function buildJsonSchema(): StandardSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'lb.yaml',
    description: 'Configuration of lb, a load balancer for HTTP/1.1 and TCP.',
    ...convert(configSchema, ''),
  };
}

/** @param path of the key whose value this is, as the reference writes it. */
function convert(schema: JsonSchema, path: string): StandardSchema {
  const { if: condition, then: yes, else: no, items } = schema;
  const { minItems, uniqueItems, minProperties, maxProperties } = schema;
  return defined({
    ...scalarSchema(schema),
    items: items && convert(items, `${path}[]`),
    ...{ minItems, uniqueItems, minProperties, maxProperties },
    ...mapSchema(schema, path),
    if: condition,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
    then: yes && convert(yes, algorithmOf(condition) ?? path),
    else: no && convert(no, path),
  });
}

/** Nothing for keys without words of their own, such as those within the options of an algorithm. */
function descriptionOf(schema: JsonSchema, path: string): StandardSchema {
  const description = describeKey(path);
  if (description === undefined) return {};
  const { meaning, example } = description;
  const plain = meaning.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  const allowed = schema.kind === undefined ? '' : ` Allowed: ${kinds[schema.kind].allowed}.`;
  return {
    description: plain + allowed,
    default: schema.default,
    examples: example === undefined ? undefined : [parse(example)],
  };
}

/** What a map may hold. A key with a single value may have `_file` after it. */
function mapSchema(schema: JsonSchema, path: string): StandardSchema {
  const { properties = {}, required = [], additionalProperties: others, propertyNames } = schema;
  const single = Object.keys(properties).filter((name) => takesScalar(properties[name] ?? {}));
  const certain = required.filter((name) => !single.includes(name));
  const either = required
    .filter((name) => single.includes(name))
    .map((name) => ({ anyOf: [{ required: [name] }, { required: [`${name}_file`] }] }));
  return {
    properties: schema.properties && convertAll(properties, path),
    patternProperties:
      single.length > 0 ? { [`^(?:${single.join('|')})_file$`]: valueFile } : undefined,
    required: certain.length > 0 ? certain : undefined,
    allOf: either.length > 0 ? either : undefined,
    additionalProperties: others && convert(others, `${path}.NAME`), // false stays false
    propertyNames: propertyNames && { pattern: patternOf(propertyNames) },
  };
}

function convertAll(properties: Readonly<Record<string, JsonSchema>>, path: string) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, child]) => {
      const inner = path === '' ? name : `${path}.${name}`;
      return [name, defined({ ...descriptionOf(child, inner), ...convert(child, inner) })];
    }),
  );
}

const valueFile: StandardSchema = {
  type: 'string',
  description:
    'Path of a file that holds the value; a relative one starts at the folder of lb.yaml.',
};

/** Where the options of an algorithm are described, if that is what the condition is about. */
function algorithmOf(condition: JsonSchema | undefined): string | null {
  const name = condition?.properties?.['name']?.const;
  return name === undefined ? null : `algorithm.${name}`;
}

import { didYouMean } from '../foundation/did-you-mean.ts';
import { kinds } from './kinds.ts';
import type { Finding, Path } from './places.ts';
import { asList, type Plain } from './plain.ts';
import { quote } from './problem.ts';
import { childSchema, configSchema, type JsonSchema, takesScalar } from './schema.ts';
import { complain, type Violation } from './violations.ts';

/**
 * Puts one error of the validator into words about lb.yaml.
 *
 * @param root the validated data.
 */
export function explain(error: Violation, root: Plain): Finding {
  const path = pathOf(error.instancePath, root);
  const { parentSchema: schema } = error;
  const data = error.data as Plain; // as all that a file holds
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey([...path, String(error.params['additionalProperty'])], schema);
    case 'required':
      return missingKey([...path, String(error.params['missingProperty'])], schema);
    case 'enum':
      return { path, at: 'value', message: unknownWord(data, schema.enum ?? []) };
    case 'kind':
      return {
        path: error.propertyName === undefined ? path : [...path, error.propertyName],
        at: error.propertyName === undefined ? 'value' : 'key',
        message: complain(data, schema) ?? `${describe(data)} is not accepted`,
      };
    case 'minItems':
    case 'minProperties':
      return { path, at: 'value', message: 'is empty; needs at least one entry' };
    case 'uniqueItems':
      return repeatedItem(path, Number(error.params['i']), data);
    default:
      return { path, at: 'value', message: `found ${describe(data)}; needs ${allowed(schema)}` };
  }
}

/** A JSON pointer as keys and indices. */
function pathOf(pointer: string, root: Plain): Path {
  const path: (string | number)[] = [];
  let value: unknown = root;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const key = Array.isArray(value) ? Number(name) : name;
    path.push(key);
    value = (value as Record<string | number, unknown>)[key]; // the validator came along here
  }
  return path;
}

function unknownKey(path: Path, schema: JsonSchema): Finding {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const known = Object.keys(schema.properties ?? {});
  const at = 'key';
  if (schemaAt(path) !== undefined) {
    return { path, at, message: `\`${key}\` is only for protocol http; remove it` };
  }
  const base = childSchema(schemaAt(parent), key.replace(/_file$/, ''));
  if (base !== undefined && !takesScalar(base)) {
    return {
      path,
      at,
      message: 'only keys with a single value can be read from a file; write this one out',
    };
  }
  const guess = didYouMean(key, known);
  const advice = guess === '' ? `; known here: ${known.join(', ')}` : guess;
  return { path, at, message: `unknown key${advice}` };
}

/** The schema of the file at `path`; for a listener, that of an HTTP listener. */
function schemaAt(path: Path): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>(childSchema, configSchema);
}

function missingKey(path: Path, parent: JsonSchema): Finding {
  const schema = parent.properties?.[String(path.at(-1))] ?? schemaAt(path);
  const needed = schema === undefined ? '' : `; needs ${allowed(schema)}`;
  return { path, at: 'key', message: `is missing${needed}` };
}

function unknownWord(data: Plain, words: readonly string[]): string {
  if (typeof data !== 'string') return `found ${describe(data)}; needs ${words.join(', ')}`;
  const choice = words.length === 1 ? words.join() : `one of ${words.join(', ')}`;
  return `${quote(data)} is not known${didYouMean(data, words) || `; needs ${choice}`}`;
}

function repeatedItem(path: Path, index: number, data: Plain): Finding {
  const item = describe(asList(data)[index] ?? null);
  return { path: [...path, index], at: 'value', message: `${item} is listed twice; keep one` };
}

function describe(data: Plain): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  return typeof data === 'string' ? quote(data) : String(data);
}

/** What a value may be, in words. */
function allowed(schema: JsonSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  return [schema.type]
    .flat()
    .map((type) => allowedOf(type, schema))
    .filter((words) => words !== '')
    .join(', or ');
}

function allowedOf(type: string | undefined, schema: JsonSchema): string {
  const { kind, minimum = 0, maximum = 0, maxProperties, properties } = schema;
  switch (type) {
    case 'string':
      return kind === undefined ? 'the name of a pool' : kinds[kind].allowed;
    case 'integer':
      return kind === undefined ? `a whole number from ${minimum} to ${maximum}` : '';
    case 'number':
      return `a number from ${minimum} to ${maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    default:
      return properties === undefined
        ? 'a map'
        : `a map with ${maxProperties === 1 ? 'one of ' : ''}${Object.keys(properties).join(', ')}`;
  }
}

import { Ajv, type AnySchemaObject, type ErrorObject } from 'ajv';
import { nearestOf } from './did-you-mean.ts';
import { complain, explain } from './explain.ts';
import type { Finding } from './places.ts';
import type { Plain } from './plain.ts';
import { configSchema, type JsonSchema } from './schema.ts';

/**
 * Checks the data against the schema and fills in, in place, every default that is missing.
 *
 * @returns one finding per mistake, none when the data is of type ConfigDocument.
 */
export function validate(root: Plain): readonly Finding[] {
  if (acceptsConfig(root)) return [];
  const errors = acceptsConfig.errors ?? [];
  const misspelt = new Set(errors.map(keyThatWasMeant));
  return errors
    .filter((error) => error.keyword !== 'required' || !misspelt.has(missingKey(error)))
    .map((error) => explain(error, root))
    .filter((finding) => finding !== null);
}

/** Of an unknown key: where the known key it resembles is missing, that is the same mistake, not a second one. */
function keyThatWasMeant({ keyword, instancePath, params, parentSchema }: ErrorObject): string {
  if (keyword !== 'additionalProperties') return '';
  const known = Object.keys(parentSchema?.['properties'] ?? {});
  return `${instancePath}/${nearestOf(String(params['additionalProperty']), known)}`;
}

function missingKey({ instancePath, params }: ErrorObject): string {
  return `${instancePath}/${params['missingProperty']}`;
}

/** Compiled once: that takes longer than checking a file of ordinary size. */
const acceptsConfig = new Ajv({
  allErrors: true,
  verbose: true,
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
}).compile(configSchema);

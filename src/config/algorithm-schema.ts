import type { Algorithm } from '../balancing/algorithm.ts';
import { algorithms } from '../balancing/catalog.ts';
import type { JsonSchema } from './schema.ts';

/** An algorithm as lb.yaml spells it: its name, or a map with its name and options. */
export type AlgorithmDocument = string | AlgorithmMap;

interface AlgorithmMap {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** For a module nothing more is known before it is loaded; `name` may also be missing. */
const anyMap: JsonSchema = {
  if: { type: 'object' },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
  then: {
    type: 'object',
    properties: { name: { type: 'string', kind: 'algorithm' } },
    required: ['name'],
  },
};

/** The options of one algorithm if it has the name, else what `otherwise` says. */
function branch(otherwise: JsonSchema, { name, optionsSchema }: Algorithm): JsonSchema {
  const options = optionsSchema as JsonSchema; // the catalog's own keep to that part of JSON Schema
  return {
    if: { type: 'object', properties: { name: { const: name } }, required: ['name'] },
    // biome-ignore lint/suspicious/noThenProperty: likewise
    then: { ...options, properties: { name: { type: 'string' }, ...options.properties } },
    else: otherwise,
  };
}

/** What may stand under `algorithm:`; the options of each come from the catalog. */
export const algorithmSchema: JsonSchema = {
  type: ['string', 'object'],
  kind: 'algorithm',
  ...algorithms.reduce(branch, anyMap),
};

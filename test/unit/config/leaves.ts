import type { JsonSchema } from '../../../src/config/schema.ts';

/** Each key that takes a value of its own, as the reference writes it, with its default. */
export function* leaves(schema: JsonSchema, path: string): Generator<readonly [string, unknown]> {
  if (path === 'health_checks') return; // each is like the health_check of a pool
  const children = Object.entries(schema.properties ?? {});
  for (const [key, child] of children) yield* leaves(child, path === '' ? key : `${path}.${key}`);
  const { items, additionalProperties: named } = schema;
  if (items?.then !== undefined) yield* leaves(items.then, `${path}[]`);
  if (items?.else !== undefined) yield* leaves(items.else, `${path}[]`);
  if (items?.properties !== undefined) yield* leaves(items, `${path}[]`);
  if (named && named.properties !== undefined) yield* leaves(named, `${path}.NAME`);
  if (children.length === 0 && items?.else === undefined && path !== 'pools') {
    yield [path, schema.default];
  }
}

import { configSchema, type JsonSchema } from '../../src/config/schema.ts';

/** A key that lb.yaml may have. */
export interface SchemaKey {
  /** As the reference writes it: `listeners[].timeouts.idle`, `pools.NAME.queue`. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** A listener of protocol tcp does not have it. */
  readonly httpOnly: boolean;
  /** Nothing but a map of further keys: it says nothing itself. */
  readonly isSection: boolean;
}

type Inherited = Pick<SchemaKey, 'httpOnly'>;

/** Every key of lb.yaml, in the order of the schema. A named check has the keys of `pools.NAME.health_check`. */
export function schemaKeys(): readonly SchemaKey[] {
  return [...keysBelow(configSchema, '', { httpOnly: false })];
}

function* keysBelow(schema: JsonSchema, path: string, inherited: Inherited): Generator<SchemaKey> {
  const { properties = {}, required = [] } = schema;
  for (const [name, child] of Object.entries(properties)) {
    const inner = path === '' ? name : `${path}.${name}`;
    yield {
      path: inner,
      schema: child,
      required: required.includes(name),
      ...inherited,
      isSection: isSection(child),
    };
    if (inner !== 'health_checks') yield* keysWithin(child, inner, inherited);
  }
}

function* keysWithin(schema: JsonSchema, path: string, inherited: Inherited): Generator<SchemaKey> {
  const { items, additionalProperties: named } = schema;
  yield* keysBelow(schema, path, inherited);
  if (items !== undefined) {
    yield* items.then && items.else
      ? listenerKeys(items.else, items.then, `${path}[]`)
      : keysBelow(items, `${path}[]`, inherited);
  }
  if (named) yield* keysBelow(named, `${path}.NAME`, inherited);
}

/** HTTP listeners have every key that TCP listeners have. */
function* listenerKeys(http: JsonSchema, tcp: JsonSchema, path: string): Generator<SchemaKey> {
  const forTcp = new Set([...keysBelow(tcp, path, { httpOnly: false })].map((key) => key.path));
  for (const key of keysBelow(http, path, { httpOnly: false })) {
    yield { ...key, httpOnly: !forTcp.has(key.path) };
  }
}

function isSection({ type, items, properties, additionalProperties }: JsonSchema): boolean {
  if (items?.else !== undefined) return true; // the listeners
  const named = additionalProperties ? additionalProperties.properties : undefined;
  return type === 'object' && (properties ?? named) !== undefined;
}

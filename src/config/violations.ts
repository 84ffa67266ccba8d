import { kinds } from './kinds.ts';
import type { JsonSchema } from './schema.ts';

/** One keyword of a schema, broken by one value: as ajv reports it with `verbose`, whose report this was once. */
export interface Violation {
  readonly keyword: string;
  /** Where the value stands, as a JSON pointer. */
  readonly instancePath: string;
  /** What about the value: the key that is unknown or missing, the index of a repeated item. */
  readonly params: Readonly<Record<string, string | number>>;
  /** The schema that has the keyword. */
  readonly parentSchema: JsonSchema;
  readonly data: unknown;
  /** The key that is itself the value. */
  readonly propertyName?: string;
}

type PlainObject = Record<string, unknown>;

/**
 * Checks data against a schema and fills in, in place, every default that is missing. It knows the keywords of
 * {@link JsonSchema}, and that a keyword about one type says nothing about another.
 *
 * Written out, because a compiler of schemas is 11 MB of idle memory, and the code that it makes of this one 350 KB.
 *
 * @returns every violation, in no particular order.
 */
export function findViolations(data: unknown, schema: JsonSchema): readonly Violation[] {
  const checker = new Checker(true);
  checker.check(data, schema);
  return checker.violations;
}

class Checker {
  readonly violations: Violation[] = [];
  readonly #fillsIn: boolean;
  /** Of the value being looked at. */
  readonly #path: (string | number)[] = [];

  constructor(fillsIn: boolean) {
    this.#fillsIn = fillsIn;
  }

  check(data: unknown, schema: JsonSchema): void {
    if (schema.type !== undefined && !hasType(data, schema.type)) {
      this.#report('type', data, schema);
    }
    this.#checkWords(data, schema);
    if (typeof data === 'number') this.#checkNumber(data, schema);
    else if (Array.isArray(data)) this.#checkList(data, schema);
    else if (isObject(data)) this.#checkObject(data, schema);
    if (schema.if !== undefined) {
      const branch = accepts(schema.if, data) ? schema.then : schema.else;
      if (branch !== undefined) this.check(data, branch);
    }
  }

  #checkWords(data: unknown, schema: JsonSchema): void {
    if (schema.enum !== undefined && !schema.enum.some((word) => word === data)) {
      this.#report('enum', data, schema);
    }
    if (schema.const !== undefined && schema.const !== data) this.#report('const', data, schema);
    if (complain(data, schema) !== null) this.#report('kind', data, schema);
  }

  #checkNumber(data: number, schema: JsonSchema): void {
    const { minimum = data, maximum = data } = schema;
    if (data < minimum) this.#report('minimum', data, schema);
    if (data > maximum) this.#report('maximum', data, schema);
  }

  #checkList(list: readonly unknown[], schema: JsonSchema): void {
    const { items, minItems = 0 } = schema;
    if (list.length < minItems) this.#report('minItems', list, schema);
    if (items !== undefined) {
      for (const [index, item] of list.entries()) this.#checkChild(index, item, items);
    }
    const repeated = schema.uniqueItems ? lastRepeated(list) : -1;
    if (repeated !== -1) this.#report('uniqueItems', list, schema, { i: repeated });
  }

  #checkObject(object: PlainObject, schema: JsonSchema): void {
    const { properties = {}, required = [] } = schema;
    for (const [key, child] of Object.entries(properties)) {
      if (this.#fillsIn && child.default !== undefined && !Object.hasOwn(object, key)) {
        object[key] = copyOf(child.default);
      }
      if (Object.hasOwn(object, key)) this.#checkChild(key, object[key], child);
    }
    for (const missingProperty of required) {
      if (!Object.hasOwn(object, missingProperty)) {
        this.#report('required', object, schema, { missingProperty });
      }
    }
    this.#checkKeys(object, schema);
  }

  #checkKeys(object: PlainObject, schema: JsonSchema): void {
    const { properties = {}, additionalProperties, propertyNames } = schema;
    const keys = Object.keys(object);
    const { minProperties = 0, maxProperties = keys.length } = schema;
    if (keys.length < minProperties) this.#report('minProperties', object, schema);
    if (keys.length > maxProperties) this.#report('maxProperties', object, schema);
    for (const key of keys) {
      if (propertyNames !== undefined) this.#checkName(key, propertyNames);
      if (additionalProperties === undefined || Object.hasOwn(properties, key)) continue;
      if (additionalProperties) this.#checkChild(key, object[key], additionalProperties);
      else this.#report('additionalProperties', object, schema, { additionalProperty: key });
    }
  }

  #checkName(key: string, schema: JsonSchema): void {
    const names = new Checker(false);
    names.check(key, schema);
    for (const violation of names.violations) {
      this.violations.push({ ...violation, instancePath: this.#pointer(), propertyName: key });
    }
  }

  #checkChild(step: string | number, data: unknown, schema: JsonSchema): void {
    this.#path.push(step);
    this.check(data, schema);
    this.#path.pop();
  }

  #report(
    keyword: keyof JsonSchema,
    data: unknown,
    parentSchema: JsonSchema,
    params: Violation['params'] = {},
  ): void {
    this.violations.push({ keyword, instancePath: this.#pointer(), params, parentSchema, data });
  }

  #pointer(): string {
    return this.#path
      .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
  }
}

/** @returns null when the value has the kind that the schema names, or is no text. */
export function complain(value: unknown, schema: JsonSchema): string | null {
  if (schema.kind === undefined) return null;
  const isSize = schema.kind === 'size' && Number.isInteger(value);
  return typeof value === 'string' || isSize
    ? kinds[schema.kind].complain(String(value), schema)
    : null;
}

function accepts(schema: JsonSchema, data: unknown): boolean {
  const checker = new Checker(false);
  checker.check(data, schema);
  return checker.violations.length === 0;
}

function hasType(data: unknown, types: string | readonly string[]): boolean {
  return typeof types === 'string' ? isOf(data, types) : types.some((type) => isOf(data, type));
}

function isOf(data: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(data);
    case 'array':
      return Array.isArray(data);
    case 'integer':
      return Number.isInteger(data);
    case 'number':
      return Number.isFinite(data);
    default:
      return typeof data === type;
  }
}

function isObject(data: unknown): data is PlainObject {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/** The last item that occurs again after itself; only text is compared. @returns -1 when there is none. */
function lastRepeated(list: readonly unknown[]): number {
  if (list.length < 2) return -1; // as nearly all are
  const later = new Set<unknown>();
  for (let index = list.length - 1; index >= 0; index--) {
    const item = list[index];
    if (typeof item === 'string' && later.has(item)) return index;
    later.add(item);
  }
  return -1;
}

function copyOf(value: NonNullable<JsonSchema['default']>): unknown {
  if (Array.isArray(value)) return [...value];
  return typeof value === 'object' ? { ...value } : value;
}

import { type KindName, kinds } from '../../src/config/kinds.ts';
import { type JsonSchema, takesScalar, takesText } from '../../src/config/schema.ts';
import { kindWords } from './kind-words.ts';

/** A part of a JSON Schema in the words of the standard. */
export interface StandardSchema {
  readonly [keyword: string]: unknown;
}

/** `${NAME}` may stand wherever a value may: what comes of it nobody knows before lb reads the file. */
const variable = '\\$\\{';

/** The types and words of a value, a pattern for those that are text, and a variable in the place of each. */
export function scalarSchema(schema: JsonSchema): StandardSchema {
  const { type, enum: words, const: only, minimum, maximum } = schema;
  if (only !== undefined) return { const: only };
  if (words !== undefined) {
    return { anyOf: [{ enum: words }, { type: 'string', pattern: variable }] };
  }
  if (type === undefined) return {};
  const types = new Set(typeof type === 'string' ? [type] : type);
  if (takesScalar(schema)) types.add('string');
  if (takesText(schema)) for (const other of otherTypesOf(schema.kind)) types.add(other);
  const pattern = takesScalar(schema) ? patternOf(schema) : undefined;
  return defined({ type: types.size === 1 ? type : [...types], pattern, minimum, maximum });
}

/** @returns undefined where any text will do. */
export function patternOf({ type, kind }: JsonSchema): string | undefined {
  const own = kind === undefined ? undefined : kindWords[kind].pattern;
  if (own !== undefined) return `${own}|${variable}`;
  return type === 'string' ? undefined : variable;
}

/** What stands without quotes where text is wanted is text: `200`, `true`. */
function otherTypesOf(kind: KindName | undefined): readonly string[] {
  const isText = (text: string) => kind === undefined || kinds[kind].complain(text, {}) === null;
  const number = isText('1') || isText('200') ? ['number'] : [];
  return isText('true') ? [...number, 'boolean'] : number;
}

/** Without the keywords that have no value. */
export function defined(keywords: StandardSchema): StandardSchema {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

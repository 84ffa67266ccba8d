import { didYouMean } from '../foundation/did-you-mean.ts';
import { LbError } from '../foundation/lb-error.ts';
import { unreachable } from '../foundation/unreachable.ts';

interface FieldBase {
  /** For the description of the API; one sentence without a full stop. */
  readonly help: string;
  readonly required?: true;
}

/** One line: what is said is shown on other people's terminals. */
interface TextField extends FieldBase {
  readonly type: 'text';
  /** In UTF-16 units. */
  readonly maxLength: number;
}

interface IntegerField extends FieldBase {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum: number;
}

interface FlagField extends FieldBase {
  readonly type: 'flag';
}

interface WordField extends FieldBase {
  readonly type: 'word';
  readonly words: readonly string[];
}

interface TextsField extends FieldBase {
  readonly type: 'texts';
  readonly maxItems: number;
  /** Of each, in UTF-16 units. */
  readonly maxLength: number;
}

/** One value of a request's query or body. */
export type Field = TextField | IntegerField | FlagField | WordField | TextsField;

/** All that a query or a body may hold, by name. */
export type Fields = Readonly<Record<string, Field>>;

type ValueOf<One extends Field> = One extends TextField
  ? string
  : One extends IntegerField
    ? number
    : One extends FlagField
      ? boolean
      : One extends WordField
        ? One['words'][number]
        : readonly string[];

/** What was given; a field that was not is undefined unless it is required. */
export type FieldValues<All extends Fields> = {
  readonly [Name in keyof All]:
    | ValueOf<All[Name]>
    | (All[Name] extends { readonly required: true } ? never : undefined);
};

/**
 * Checks what a request says.
 *
 * @param where as messages call it: `body` or `query`.
 * @returns the given values and nothing else.
 * @throws LbError REQUEST_INVALID that tells everything that is wrong.
 */
export function readFields<All extends Fields>(
  fields: All,
  given: Readonly<Record<string, unknown>>,
  where: 'body' | 'query',
): FieldValues<All> {
  const known = Object.keys(fields);
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => `${JSON.stringify(cut(name))} is not known${adviceFor(name, known)}`);
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(given, name) ? fromText(field, given[name], where) : undefined;
    if (value === undefined) {
      if (field.required === true) problems.push(`${name} is missing; needs ${allowed(field)}`);
    } else if (isAllowed(field, value)) {
      values[name] = value;
    } else {
      problems.push(`${name} is ${cut(JSON.stringify(value))}; needs ${allowed(field)}`);
    }
  }
  if (problems.length > 0) {
    throw new LbError('REQUEST_INVALID', `Cannot read the ${where}: ${problems.join('; ')}`);
  }
  return values as FieldValues<All>; // each was checked above
}

function adviceFor(name: string, known: readonly string[]): string {
  if (known.length === 0) return '; needs none';
  return didYouMean(name, known) || `; needs ${known.join(', ')}`;
}

/** A query says everything in text. */
function fromText(field: Field, value: unknown, where: 'body' | 'query'): unknown {
  if (where === 'body' || typeof value !== 'string') return value;
  if (field.type === 'integer') return /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (field.type === 'flag' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function isAllowed(field: Field, value: unknown): boolean {
  switch (field.type) {
    case 'text':
      return isText(value, field.maxLength);
    case 'integer':
      return Number.isInteger(value) && isWithin(Number(value), field);
    case 'flag':
      return typeof value === 'boolean';
    case 'word':
      return typeof value === 'string' && field.words.includes(value);
    case 'texts':
      return (
        Array.isArray(value) &&
        value.length <= field.maxItems &&
        value.every((each) => isText(each, field.maxLength))
      );
    default:
      return unreachable(field);
  }
}

function isWithin(value: number, { minimum, maximum }: IntegerField): boolean {
  return value >= minimum && value <= maximum;
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length <= maxLength && !/\p{Cc}/u.test(value);
}

function allowed(field: Field): string {
  switch (field.type) {
    case 'text':
      return `one line of text of at most ${field.maxLength} characters`;
    case 'integer':
      return `a whole number from ${field.minimum} to ${field.maximum}`;
    case 'flag':
      return 'true or false';
    case 'word':
      return `one of ${field.words.join(', ')}`;
    case 'texts':
      return `a list of at most ${field.maxItems} texts of at most ${field.maxLength} characters`;
    default:
      return unreachable(field);
  }
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

import type { JsonSchema } from '../../src/config/schema.ts';
import { formatDuration, formatSize } from '../../src/config/units.ts';
import { type KindWords, kindWords } from './kind-words.ts';

/** The longest duration that most keys take. */
const oneWeekMs = 168 * 3_600_000;

/** What may be written under a key, unit and bounds included, as the reference says it under `Type`. */
export function typeText(schema: JsonSchema): string {
  const { type, enum: words, kind } = schema;
  if (words !== undefined) return alternatives(words.map((word) => `\`${word}\``));
  if (isOneOf(type, 'array')) return listText(schema);
  if (isOneOf(type, 'object')) return mapText(schema);
  if (type === 'boolean') return '`true` or `false`';
  if (kind !== undefined) return `${kindWords[kind].word}${boundsText(schema)}`;
  if (type === 'integer' || type === 'number') return numberText(schema);
  return 'text';
}

function listText({ items = {}, minItems = 0, kind }: JsonSchema): string {
  const { word, many = `${word}s` } = wordsOf(items);
  const list = `list of ${many}${minItems > 0 ? ', at least one' : ''}`;
  return kind === undefined ? list : `${word}, or ${list}`;
}

function mapText({ kind, propertyNames }: JsonSchema): string {
  if (propertyNames?.kind !== undefined)
    return `map of ${kindWords[propertyNames.kind].word} to value`;
  return kind === undefined ? 'map' : `map, or ${kindWords[kind].word}`;
}

function wordsOf({ kind, type, enum: words }: JsonSchema): KindWords {
  if (kind !== undefined) return kindWords[kind];
  if (words !== undefined) return { word: 'word' };
  return { word: type === 'string' ? 'text' : 'map' };
}

function numberText({ minimum = 0, maximum }: JsonSchema): string {
  return maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

/** A bound that every value of the kind has anyway is not repeated. */
function boundsText({ kind, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: JsonSchema): string {
  if (kind === 'size') return `, \`${formatSize(atLeast)}\` to \`${formatSize(atMost)}\``;
  if (kind !== 'duration') return '';
  const from = ` from \`${formatDuration(atLeast)}\``;
  if (atMost !== oneWeekMs) return `${from} to \`${formatDuration(atMost)}\``;
  return atLeast === 1 ? '' : from;
}

/** As in `a`, `b` or `c`. */
function alternatives(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function isOneOf(types: JsonSchema['type'], wanted: string): boolean {
  return types === wanted || (Array.isArray(types) && types.includes(wanted));
}

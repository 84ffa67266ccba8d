import type { Message, Reading } from './reading.ts';

/** Where our reading cannot be what llhttp reads. */
export interface Difference {
  /** Stays the same while an input is shrunk. */
  readonly kind:
    | 'accepted_what_llhttp_refuses'
    | 'accepted_what_llhttp_does_not_see'
    | 'start_line'
    | 'host'
    | 'fields'
    | 'body'
    | 'trailers'
    | 'ended_early'
    | 'ended_late'
    | 'head_ended_late';
  /** Which message. */
  readonly index: number;
}

/**
 * Holds our reading against llhttp's. To refuse more, or sooner, is no difference; to accept anything llhttp refuses,
 * or to see another message in the same bytes, is.
 *
 * @returns the first difference, or null.
 */
export function differenceOf(ours: Reading, theirs: Reading): Difference | null {
  for (const [index, message] of ours.messages.entries()) {
    const kind = messageDifference(message, theirs.messages[index], index, ours, theirs);
    if (kind !== null) return { kind, index };
  }
  const index = ours.messages.length;
  // We still wait for the end of a head that llhttp has already found.
  if (ours.ending === 'open' && theirs.messages.length > index && allComplete(ours)) {
    return { kind: 'head_ended_late', index };
  }
  return null;
}

function messageDifference(
  mine: Message,
  other: Message | undefined,
  index: number,
  ours: Reading,
  theirs: Reading,
): Difference['kind'] | null {
  const isTheirLast = index >= theirs.messages.length - 1;
  const refused = isTheirLast && theirs.ending === 'refused';
  if (other === undefined) {
    return refused ? 'accepted_what_llhttp_refuses' : 'accepted_what_llhttp_does_not_see';
  }
  if (mine.start !== other.start) return 'start_line';
  if (mine.host !== other.host) return 'host';
  if (!sameTexts(mine.fields, other.fields)) return 'fields';
  const waiting = index === ours.messages.length - 1 && ours.ending === 'open';
  if (mine.complete && !other.complete) {
    return refused ? 'accepted_what_llhttp_refuses' : 'ended_early';
  }
  if (!mine.complete && other.complete && waiting) return 'ended_late';
  return contentDifference(mine, other);
}

function contentDifference(mine: Message, other: Message): Difference['kind'] | null {
  const whole = mine.complete && other.complete;
  const sameBody = whole
    ? mine.body === other.body
    : mine.body.startsWith(other.body) || other.body.startsWith(mine.body);
  if (!sameBody) return 'body';
  return whole && !sameTexts(mine.trailers, other.trailers) ? 'trailers' : null;
}

function sameTexts(mine: readonly string[], other: readonly string[]): boolean {
  return mine.length === other.length && mine.every((text, index) => text === other[index]);
}

function allComplete(reading: Reading): boolean {
  return reading.messages.every((message) => message.complete);
}

import { inputOf } from './generate.ts';
import { escaped, type Input } from './input.ts';
import type { Reading } from './reading.ts';
import { shrunk } from './shrink.ts';
import type { Subject } from './subject.ts';
import { judgeAll, type Verdict } from './verdict.ts';

/** How often a reason was given: where llhttp refuses, too, and where it goes on. */
export interface Refusals {
  alsoByLlhttp: number;
  onlyByUs: number;
}

/** What a campaign has seen. */
export interface Tally {
  inputs: number;
  /** Messages that we read to their end. */
  messages: number;
  readonly refusals: Map<string, Refusals>;
  readonly tolerated: Map<string, number>;
}

export function emptyTally(): Tally {
  return { inputs: 0, messages: 0, refusals: new Map(), tolerated: new Map() };
}

/** As many inputs share the turns of the event loop that the streams of one would need. */
const BATCH = 64;

/**
 * Judges inputs number `from` to `to`-1 of a seed, and counts them.
 *
 * @returns the first failure, shrunk and told in full; null when there is none.
 */
export async function fuzz(
  subject: Subject,
  seed: number,
  range: { readonly from: number; readonly to: number },
  tally: Tally,
): Promise<string | null> {
  for (let start = range.from; start < range.to; start += BATCH) {
    const count = Math.min(BATCH, range.to - start);
    const inputs = Array.from({ length: count }, (_, offset) =>
      inputOf(subject.corpus, seed, start + offset),
    );
    for (const [offset, verdict] of (await judgeAll(subject, inputs)).entries()) {
      if (verdict.failure === null) {
        record(tally, verdict);
        continue;
      }
      const title = `${subject.name}, seed ${seed}, input ${start + offset}: ${verdict.failure}`;
      return `${title}\n${told(await shrunk(subject, verdict))}`;
    }
  }
  return null;
}

function record(tally: Tally, { ours, theirs, tolerated }: Verdict): void {
  tally.inputs++;
  tally.messages += ours.messages.filter((message) => message.complete).length;
  if (tolerated !== null) {
    tally.tolerated.set(tolerated.name, (tally.tolerated.get(tolerated.name) ?? 0) + 1);
  }
  if (ours.ending !== 'refused') return;
  const refusals = tally.refusals.get(ours.why) ?? { alsoByLlhttp: 0, onlyByUs: 0 };
  if (theirs.ending === 'refused') refusals.alsoByLlhttp++;
  else refusals.onlyByUs++;
  tally.refusals.set(ours.why, refusals);
}

function told({ input, ours, theirs }: Verdict): string {
  return [
    `input:  ${escaped(input.bytes.toString('latin1'))}`,
    `cut at: ${cutsTold(input)}; asked: ${input.asked}`,
    `ours:   ${readingTold(ours)}`,
    `llhttp: ${readingTold(theirs)}`,
  ].join('\n');
}

function cutsTold({ bytes, cuts }: Input): string {
  if (cuts.length === 0) return 'no place';
  return cuts.length === bytes.length - 1 ? 'every byte' : cuts.join(' ');
}

function readingTold({ messages, ending, why }: Reading): string {
  const lines = messages.map((message) => `\n        ${escaped(message)}`);
  return `${ending} ${why}${lines.join('')}`;
}

import { isDeepStrictEqual } from 'node:util';
import { differenceOf } from './compare.ts';
import { type Input, uncut } from './input.ts';
import type { Reading } from './reading.ts';
import type { Subject } from './subject.ts';
import type { Tolerance } from './tolerated.ts';

/** Begins the `why` of a reading that was not to be had. */
const THROWN = 'thrown';

/** What became of one input. */
export interface Verdict {
  readonly input: Input;
  readonly ours: Reading;
  readonly theirs: Reading;
  /** What is wrong, in a word that stays the same while the input is shrunk; null when nothing is. */
  readonly failure: string | null;
  /** The difference that would be wrong if it were not named. */
  readonly tolerated: Tolerance | null;
}

/** Reads inputs with both sides and judges each. */
export async function judgeAll(subject: Subject, inputs: readonly Input[]): Promise<Verdict[]> {
  const readings = await subject.theirs.readAll(inputs);
  return inputs.map((input, index) => judge(subject, input, readings[index]!)); // one reading each
}

function judge(subject: Subject, input: Input, theirs: Reading): Verdict {
  const ours = readByUs(subject, input);
  const verdict = { input, ours, theirs, failure: null, tolerated: null };
  if (ours.why.startsWith(THROWN)) return { ...verdict, failure: THROWN };
  if (!isDeepStrictEqual(ours, readByUs(subject, uncut(input)))) {
    return { ...verdict, failure: 'depends_on_cuts' };
  }
  const difference = differenceOf(ours, theirs);
  if (difference === null) return verdict;
  const found = { input, ours, theirs, difference };
  const tolerated = subject.tolerances.find((each) => each.applies(found));
  return tolerated === undefined
    ? { ...verdict, failure: difference.kind }
    : { ...verdict, tolerated };
}

/** No input may make a parser throw; when one does, it is shrunk like any other failure. */
function readByUs(subject: Subject, input: Input): Reading {
  try {
    return subject.ours.read(input);
  } catch (error) {
    return { messages: [], ending: 'refused', why: `${THROWN} ${error}` };
  }
}

import { type Input, uncut } from './input.ts';
import type { Subject } from './subject.ts';
import { judgeAll, type Verdict } from './verdict.ts';

/** Takes away what is not needed for the same failure: cuts first, then ever smaller runs of bytes. */
export async function shrunk(subject: Subject, found: Verdict): Promise<Verdict> {
  const [whole] = await judgeAll(subject, [uncut(found.input)]);
  let smallest = whole?.failure === found.failure ? whole : found;
  for (let run = smallest.input.bytes.length >> 1; run > 0; run = run === 1 ? 0 : run >> 1) {
    smallest = await withoutRuns(subject, smallest, run);
  }
  return smallest;
}

async function withoutRuns(subject: Subject, found: Verdict, run: number): Promise<Verdict> {
  let smallest = found;
  let at = 0;
  while (at + run <= smallest.input.bytes.length) {
    const [verdict] = await judgeAll(subject, [without(smallest.input, at, run)]);
    if (verdict?.failure === found.failure) smallest = verdict;
    else at += run;
  }
  return smallest;
}

function without(input: Input, start: number, length: number): Input {
  const { bytes } = input;
  const left = Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
  const moved = input.cuts.map((cut) => (cut <= start ? cut : Math.max(start, cut - length)));
  const cuts = [...new Set(moved)].filter((cut) => cut > 0 && cut < left.length);
  return { ...input, bytes: left, cuts };
}

import type { Asked, Input } from './input.ts';
import { mutated, spliced } from './mutate.ts';
import { caseSeed, Random } from './random.ts';

export interface Corpus {
  readonly valid: readonly string[];
  readonly dubious: readonly string[];
  /** Longest run of messages in one input. */
  readonly longestRun: number;
  /** What responses may answer. */
  readonly asked: readonly Asked[];
}

/** Input number `index` of a seed; always the same one. */
export function inputOf(corpus: Corpus, seed: number, index: number): Input {
  const random = new Random(caseSeed(seed, index));
  const message = (from: readonly string[]) => Buffer.from(random.pick(from), 'latin1');
  // What is dubious comes last: nothing behind a refused message is read.
  const before = random.oneIn(2) ? random.below(corpus.longestRun) : 0;
  let bytes: Buffer = message(random.oneIn(3) ? corpus.dubious : corpus.valid);
  for (let count = 0; count < before; count++)
    bytes = Buffer.concat([message(corpus.valid), bytes]);
  if (random.oneIn(8)) bytes = spliced(bytes, message(corpus.dubious), random);
  const changes = random.below(4);
  for (let count = 0; count < changes; count++) bytes = mutated(bytes, random);
  return { bytes, cuts: cutsOf(bytes.length, random), asked: random.pick(corpus.asked) };
}

function cutsOf(length: number, random: Random): number[] {
  if (length < 2) return [];
  if (random.oneIn(8)) return Array.from({ length: length - 1 }, (_, index) => index + 1);
  const cuts = new Set<number>();
  for (let count = random.below(5); count > 0; count--) cuts.add(1 + random.below(length - 1));
  return [...cuts].sort((first, second) => first - second);
}

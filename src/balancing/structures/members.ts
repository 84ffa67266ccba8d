import type { Target } from '../algorithm.ts';
import { hashText } from '../hash.ts';

/** The weights at this moment: a picker works with those it was built for. */
export function weightsOf(targets: readonly Target[]): Float64Array {
  return Float64Array.from(targets, ({ weight }) => weight);
}

export function indexByName(targets: readonly Target[]): ReadonlyMap<string, number> {
  return new Map(targets.map(({ name }, index) => [name, index]));
}

/** Who takes part in a structure over hashes, as it was when that was built. Everything about a member follows from its name and weight. */
export class Members {
  readonly length: number;
  readonly weights: Float64Array;
  readonly greatestWeight: number;
  /** Two hashes of the name: with one alone, two of a thousand names would now and then be the same. */
  readonly seeds: Int32Array;
  readonly otherSeeds: Int32Array;
  readonly #names: readonly string[];

  constructor(targets: readonly Target[]) {
    this.length = targets.length;
    this.weights = weightsOf(targets);
    this.greatestWeight = this.weights.reduce((greatest, weight) => Math.max(greatest, weight), 0);
    this.seeds = Int32Array.from(targets, ({ name }) => hashText(name));
    this.otherSeeds = Int32Array.from(targets, ({ name }) => hashText(name, 1));
    this.#names = targets.map(({ name }) => name);
  }

  /**
   * Where the members of an earlier structure are now.
   *
   * @param amounts of both sides, what a member of this name must still have.
   * @returns per former index the present one; -1 for who is gone or has another amount.
   */
  positionsOf(former: Members, amounts: Amounts): Int32Array {
    const now = new Map(this.#names.map((name, index) => [name, index]));
    return Int32Array.from(former.#names, (name, index) => {
      const position = now.get(name) ?? -1;
      return amounts.now[position] === amounts.former[index] ? position : -1;
    });
  }
}

export interface Amounts {
  readonly former: ArrayLike<number>;
  readonly now: ArrayLike<number>;
}

/** The indices below `length` that `positions` does not name: who has to be fitted in. */
export function newcomers(length: number, positions: Int32Array): Uint32Array {
  const known = new Set(positions);
  return Uint32Array.from({ length }, (_, index) => index).filter((index) => !known.has(index));
}

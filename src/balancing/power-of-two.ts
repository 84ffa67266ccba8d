import { defineAlgorithm, type Picker, type Target } from './algorithm.ts';
import { AliasTable } from './structures/alias-table.ts';
import { weightsOf } from './structures/members.ts';

/** Draws that may be the first backend again before it is taken without comparison: a weight may be almost all there is. */
const MAX_DRAWS = 4;

class PowerOfTwoPicker implements Picker {
  readonly #eligible: readonly Target[];
  readonly #weights: Float64Array;
  readonly #table: AliasTable;
  readonly #random: () => number;

  constructor(eligible: readonly Target[], random: () => number) {
    this.#eligible = eligible;
    this.#weights = weightsOf(eligible);
    this.#table = new AliasTable(this.#weights);
    this.#random = random;
  }

  pick(): number {
    const first = this.#table.draw(this.#random());
    if (this.#weights.length === 1) return first;
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const second = this.#table.draw(this.#random());
      if (second !== first) return this.#load(second) < this.#load(first) ? second : first;
    }
    return first;
  }

  #load(index: number): number {
    return this.#eligible[index]!.active / this.#weights[index]!;
  }
}

/**
 * Of two backends drawn at random, with odds in proportion to the weights, the one with fewer in flight per weight: almost
 * as even as looking at all of them, without the herd that runs to the one that everybody believes to be the best.
 */
export const powerOfTwo = defineAlgorithm({
  name: 'power_of_two',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: true,
  build: (eligible, _options: object, context) => new PowerOfTwoPicker(eligible, context.random),
});

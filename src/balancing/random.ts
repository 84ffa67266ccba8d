import { defineAlgorithm, type Picker } from './algorithm.ts';

class RandomPicker implements Picker {
  readonly #length: number;
  readonly #random: () => number;

  constructor(length: number, random: () => number) {
    this.#length = length;
    this.#random = random;
  }

  pick(): number {
    return Math.floor(this.#random() * this.#length);
  }
}

/** Any backend, with equal odds. Needs no memory, so many balancers in front of the same backends do not fall into step. */
export const random = defineAlgorithm({
  name: 'random',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: false,
  build: (eligible, _options: object, context) => new RandomPicker(eligible.length, context.random),
});

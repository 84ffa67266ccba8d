/** @import { Algorithm, Picker, Target } from '../../src/balancing/algorithm.ts' */

/**
 * Fills the first backend before it touches the second, as one does with machines that cost money while they are on: those
 * at the end of the list can be switched off when nothing reaches them.
 *
 * @implements {Picker}
 */
class FillFirstPicker {
  /** @type {readonly Target[]} */
  #eligible;
  /** @type {number} */
  #perBackend;

  /**
   * @param {readonly Target[]} eligible
   * @param {number} perBackend
   */
  constructor(eligible, perBackend) {
    this.#eligible = eligible;
    this.#perBackend = perBackend;
  }

  /** @returns {number} the first with room; where there is none, the one that is least beyond its limit. */
  pick() {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#eligible.length; index++) {
      const target = this.#eligible[index];
      const load = target.active / (target.weight * this.#perBackend);
      if (load < 1) return index;
      if (load < least) {
        least = load;
        best = index;
      }
    }
    return best;
  }
}

/** @type {Algorithm<string, { per_backend: number }>} */
export const algorithm = {
  name: 'fill_first',
  optionsSchema: {
    type: 'object',
    properties: { per_backend: { type: 'integer', minimum: 1, default: 10 } },
    additionalProperties: false,
  },
  weighted: true,
  build: (eligible, options) => new FillFirstPicker(eligible, options.per_backend),
};

import { defineAlgorithm, type Picker } from './algorithm.ts';
import { AliasTable } from './structures/alias-table.ts';
import { weightsOf } from './structures/members.ts';

class WeightedRandomPicker implements Picker {
  readonly #table: AliasTable;
  readonly #random: () => number;

  constructor(table: AliasTable, random: () => number) {
    this.#table = table;
    this.#random = random;
  }

  pick(): number {
    return this.#table.draw(this.#random());
  }
}

/** Any backend, with odds in proportion to the weights. */
export const weightedRandom = defineAlgorithm({
  name: 'weighted_random',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: true,
  build: (eligible, _options: object, context) =>
    new WeightedRandomPicker(new AliasTable(weightsOf(eligible)), context.random),
});

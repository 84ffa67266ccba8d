import { defineAlgorithm, type Picker } from './algorithm.ts';

class RoundRobinPicker implements Picker {
  readonly #length: number;
  cursor: number;

  constructor(length: number, cursor: number) {
    this.#length = length;
    this.cursor = cursor % length;
  }

  // Hot: one integer store, nothing allocated.
  pick(): number {
    const chosen = this.cursor;
    this.cursor = chosen + 1 === this.#length ? 0 : chosen + 1;
    return chosen;
  }
}
/** Equal shares in config order. A rebuild carries the cursor over, so a flapping peer does not favour the first. */
export const roundRobin = defineAlgorithm({
  name: 'round_robin', // as lb.yaml spells it
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: false,
  build: (eligible, _options: object, { previous }) =>
    new RoundRobinPicker(
      eligible.length,
      previous instanceof RoundRobinPicker ? previous.cursor : 0,
    ),
});

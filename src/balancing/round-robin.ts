import type { Backend } from '../backend/backend.ts';
import { defineAlgorithm, type Picker } from './algorithm.ts';

class RoundRobinPicker implements Picker {
  readonly backends: readonly Backend[];
  cursor: number;

  constructor(backends: readonly Backend[], cursor: number) {
    this.backends = backends;
    this.cursor = cursor % backends.length;
  }

  // Hot: one array read, one integer store, nothing allocated.
  pick(): Backend {
    const chosen = this.backends[this.cursor]!; // cursor < length, kept by the next line
    this.cursor = this.cursor + 1 === this.backends.length ? 0 : this.cursor + 1;
    return chosen;
  }
}
/** Equal shares in config order. A rebuild carries the cursor over, so a flapping peer does not favour the first. */
export const roundRobin = defineAlgorithm({
  name: 'round_robin', // as lb.yaml spells it
  optionsSchema: { type: 'object', additionalProperties: false },
  build: (eligible, _options: object, previous) =>
    new RoundRobinPicker(eligible, previous instanceof RoundRobinPicker ? previous.cursor : 0),
});

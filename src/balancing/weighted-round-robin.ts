import { defineAlgorithm, type Picker, type Target } from './algorithm.ts';
import { indexByName, weightsOf } from './structures/members.ts';
import { SmoothSchedule } from './structures/smooth-schedule.ts';

class WeightedRoundRobinPicker implements Picker {
  readonly #eligible: readonly Target[];
  readonly #schedule: SmoothSchedule;

  constructor(eligible: readonly Target[], previous: Picker | null) {
    const weights = weightsOf(eligible);
    this.#eligible = eligible;
    this.#schedule = new SmoothSchedule(weights, valuesAfter(previous, eligible, weights));
  }

  pick(): number {
    return this.#schedule.next();
  }

  /** What each target is owed, by its name, in parts of the whole. */
  owed(): ReadonlyMap<string, number> {
    const { total } = this.#schedule;
    return new Map(
      [...indexByName(this.#eligible)].map(([name, index]) => [
        name,
        this.#schedule.value(index) / total,
      ]),
    );
  }
}

/**
 * What everyone is owed stays, as a part of the whole: who has a new weight owes at most one turn, not one per old weight.
 * Newcomers are owed nothing.
 */
function valuesAfter(
  previous: Picker | null,
  eligible: readonly Target[],
  weights: Float64Array,
): Float64Array {
  const values = new Float64Array(eligible.length);
  if (!(previous instanceof WeightedRoundRobinPicker)) return values;
  const owed = previous.owed();
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Values of whole weights stay whole, so that equals stay equal.
  return values.map((_, index) => {
    const share = owed.get(eligible[index]!.name) ?? 0;
    return Math.round(share * total * 1e6) / 1e6;
  });
}

/**
 * Turns in proportion to the weights, spread out: 5:1:1 gives a a b a c a a, as nginx does, never five in a row. A rebuild
 * carries over what each backend is owed.
 */
export const weightedRoundRobin = defineAlgorithm({
  name: 'weighted_round_robin',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: true,
  build: (eligible, _options: object, { previous }) =>
    new WeightedRoundRobinPicker(eligible, previous),
});

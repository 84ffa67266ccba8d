import { type BuildContext, defineAlgorithm, type Picker, type Target } from './algorithm.ts';
import { AliasTable } from './structures/alias-table.ts';
import { weightsOf } from './structures/members.ts';

/** How many backends are compared: all of a small pool, else as many draws. */
const COMPARED = 5;

/** Stands for the response time of a backend that has a first exchange in flight and has answered none: any other is better. */
const UNKNOWN_MS = 1e9;

class LeastResponseTimePicker implements Picker {
  readonly #eligible: readonly Target[];
  readonly #weights: Float64Array;
  readonly #table: AliasTable;
  readonly #context: BuildContext;

  constructor(eligible: readonly Target[], context: BuildContext) {
    this.#eligible = eligible;
    this.#weights = weightsOf(eligible);
    this.#table = new AliasTable(this.#weights);
    this.#context = context;
  }

  pick(): number {
    const { length } = this.#eligible;
    const now = this.#context.now();
    const start = this.#table.draw(this.#context.random());
    let best = start;
    let least = this.#cost(start, now);
    for (let count = 1; count < Math.min(COMPARED, length); count++) {
      const candidate =
        length <= COMPARED ? (start + count) % length : this.#table.draw(this.#context.random());
      const cost = this.#cost(candidate, now);
      if (cost >= least) continue;
      best = candidate;
      least = cost;
    }
    return best;
  }

  /**
   * How long one more exchange may take there. A backend that has not answered yet costs nothing while it has nothing to
   * do, so it is tried, and very much while it has: one trial, not everybody.
   */
  #cost(index: number, now: number): number {
    const target = this.#eligible[index]!;
    const responseMs = target.responseMs(now);
    const expectedMs = responseMs === 0 && target.active > 0 ? UNKNOWN_MS : responseMs;
    return (expectedMs * (target.active + 1)) / this.#weights[index]!;
  }
}

/**
 * The least response time × (in flight + 1) ÷ weight, among all of a small pool or the best of five draws. The response
 * time is a moving average that believes a peak at once and forgets over ten seconds, so an idle slow backend is tried
 * again.
 */
export const leastResponseTime = defineAlgorithm({
  name: 'least_response_time',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: true,
  build: (eligible, _options: object, context) => new LeastResponseTimePicker(eligible, context),
});

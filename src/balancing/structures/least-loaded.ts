import type { Picker, Target } from '../algorithm.ts';
import { LoadTree } from './load-tree.ts';

/**
 * Picks the least in flight per weight. Those that are equal take turns in proportion to their weights: each pick costs a
 * backend 1/weight of virtual time, and who has used the least is next (start-time fair queueing). That time never lags
 * behind that of the others, so who was busy for long has nothing to catch up on.
 */
export class LeastLoadedPicker implements Picker {
  readonly #eligible: readonly Target[];
  readonly #weights: Float64Array;
  readonly #tree: LoadTree;
  /** One number, the turn of the last one picked; in an array, since a fraction in a field would be allocated. */
  readonly #time: Float64Array;

  /** @param previous its turns are carried over by name; who is new joins as if it had been there. */
  constructor(eligible: readonly Target[], weights: Float64Array, previous: Picker | null) {
    this.#eligible = eligible;
    this.#weights = weights;
    this.#tree = new LoadTree(eligible.length);
    this.#time = Float64Array.of(previous instanceof LeastLoadedPicker ? previous.#time[0]! : 0);
    const turns = previous instanceof LeastLoadedPicker ? previous.#turnsByName() : null;
    for (const [index, { name }] of eligible.entries()) {
      this.#tree.turns[index] = turns?.get(name) ?? this.#time[0]!;
      this.loadChanged(index);
    }
  }

  pick(): number {
    const tree = this.#tree;
    const chosen = tree.least;
    const now = Math.max(this.#time[0]!, tree.turns[chosen]!);
    this.#time[0] = now;
    tree.turns[chosen] = now + 1 / this.#weights[chosen]!;
    tree.replay(chosen);
    return chosen;
  }

  loadChanged(index: number): void {
    this.#tree.loads[index] = this.#eligible[index]!.active / this.#weights[index]!;
    this.#tree.replay(index);
  }

  #turnsByName(): ReadonlyMap<string, number> {
    return new Map(this.#eligible.map(({ name }, index) => [name, this.#tree.turns[index]!]));
  }
}

import type { Picker, Target } from '../algorithm.ts';
import { LoadBuckets } from './load-buckets.ts';
import { LoadTree } from './load-tree.ts';

/**
 * Picks the least in flight per weight. Those that are equal take turns in proportion to their weights: each pick costs a
 * backend 1/weight of virtual time, and who has used the least is next (start-time fair queueing). That time never lags
 * behind that of the others, so who was busy for long has nothing to catch up on.
 *
 * Those of one weight are in buckets by what they have in flight, and only the first of each weight competes: what a pick
 * costs goes by how many weights there are, not how many backends.
 */
export class LeastLoadedPicker implements Picker {
  readonly #eligible: readonly Target[];
  /** Virtual time each has used. */
  readonly #turns: Float64Array;
  readonly #classes: readonly WeightClass[];
  /** Of `#classes`, which each belongs to; and its place among the members of that. */
  readonly #classOf: Uint16Array;
  readonly #placeOf: Uint16Array;
  readonly #tree: LoadTree;
  /** One number, the turn of the last one picked; in an array, since a fraction in a field would be allocated. */
  readonly #time: Float64Array;

  /** @param previous its turns are carried over by name; who is new joins as if it had been there. */
  constructor(eligible: readonly Target[], weights: Float64Array, previous: Picker | null) {
    const former = previous instanceof LeastLoadedPicker ? previous : null;
    this.#eligible = eligible;
    this.#time = Float64Array.of(former === null ? 0 : former.#time[0]!);
    const turns = former === null ? null : former.#turnsByName();
    this.#turns = Float64Array.from(eligible, ({ name }) => turns?.get(name) ?? this.#time[0]!);
    this.#classes = classesOf(weights, this.#turns);
    this.#tree = new LoadTree(this.#classes.length);
    this.#classOf = new Uint16Array(eligible.length);
    this.#placeOf = new Uint16Array(eligible.length);
    for (const [number, { members }] of this.#classes.entries()) {
      for (const [place, index] of members.entries()) {
        this.#classOf[index] = number;
        this.#placeOf[index] = place;
        this.loadChanged(index);
      }
    }
  }

  pick(): number {
    const number = this.#tree.least;
    const { members, buckets, weight } = this.#classes[number]!;
    const place = buckets.first;
    const chosen = members[place]!;
    const now = Math.max(this.#time[0]!, this.#turns[chosen]!);
    this.#time[0] = now;
    this.#turns[chosen] = now + 1 / weight;
    buckets.move(place, buckets.leastLoad);
    this.#compete(number);
    return chosen;
  }

  loadChanged(index: number): void {
    const number = this.#classOf[index]!;
    this.#classes[number]!.buckets.move(this.#placeOf[index]!, this.#eligible[index]!.active);
    this.#compete(number);
  }

  /** The first of a weight may be another one now, or have more or less in flight. */
  #compete(number: number): void {
    const { members, buckets, weight } = this.#classes[number]!;
    const { loads, turns } = this.#tree;
    const load = buckets.leastLoad / weight;
    const turn = this.#turns[members[buckets.first]!]!;
    if (loads[number] === load && turns[number] === turn) return;
    loads[number] = load;
    turns[number] = turn;
    this.#tree.replay(number);
  }

  #turnsByName(): ReadonlyMap<string, number> {
    return new Map(this.#eligible.map(({ name }, index) => [name, this.#turns[index]!]));
  }
}

/** Backends of one weight. */
interface WeightClass {
  readonly weight: number;
  /** Their indices, in the order of their turns. */
  readonly members: Uint16Array;
  readonly buckets: LoadBuckets;
}

function classesOf(weights: Float64Array, turns: Float64Array): readonly WeightClass[] {
  return [...new Set(weights)].map((weight) => {
    const members = [...weights.keys()].filter((index) => weights[index] === weight);
    members.sort((one, other) => turns[one]! - turns[other]!);
    const buckets = new LoadBuckets(members.length);
    return { weight, members: Uint16Array.from(members), buckets };
  });
}

/** Loads below this have their bucket from the start; more are made when somebody gets that far. */
const FIRST_LOADS = 8;

/**
 * Knows who has the least load, where loads are whole numbers: a bucket per load, and in each a list in which who came
 * first is first. Whoever's load changes leaves one list and goes to the end of another, so a change costs the same for
 * ten and for a thousand.
 *
 * ```
 * load 0:  (empty)
 * load 1:  c ─ a          least: c, which has been there longest
 * load 2:  b
 * ```
 *
 * Each list is a circle through its bucket, which stands behind the members in the same arrays: no end is special.
 */
export class LoadBuckets {
  readonly #length: number;
  /** Neighbours of each member, then of each bucket. */
  #next: Int32Array;
  #previous: Int32Array;
  /** Of the members together; its bucket is never empty. */
  #least = 0;

  /** All loads are 0 at first, and the first index is first. @param length above 0. */
  constructor(length: number) {
    this.#length = length;
    this.#next = Int32Array.from({ length: length + FIRST_LOADS }, (_, at) => at);
    this.#previous = this.#next.slice();
    for (let index = 0; index < length; index++) this.#append(index, 0);
  }

  get leastLoad(): number {
    return this.#least;
  }

  /** Index of the least load; among equals of who has had it longest. */
  get first(): number {
    return this.#next[this.#length + this.#least]!;
  }

  /** Sends `index` to the end of its list, or of that of its new load. */
  move(index: number, load: number): void {
    while (this.#length + load >= this.#next.length) this.#addLoads();
    this.#remove(index);
    this.#append(index, load);
    if (load < this.#least) this.#least = load;
    // Loads move by one: who was the last with the least now has the next one.
    while (this.first >= this.#length) this.#least++;
  }

  #remove(index: number): void {
    const before = this.#previous[index]!;
    const after = this.#next[index]!;
    this.#next[before] = after;
    this.#previous[after] = before;
  }

  #append(index: number, load: number): void {
    const bucket = this.#length + load;
    const last = this.#previous[bucket]!;
    this.#next[last] = index;
    this.#previous[index] = last;
    this.#next[index] = bucket;
    this.#previous[bucket] = index;
  }

  /** Twice as many loads as there have been. */
  #addLoads(): void {
    const { length } = this.#next;
    const [next, previous] = [this.#next, this.#previous];
    this.#next = Int32Array.from({ length: 2 * length }, (_, at) => next[at] ?? at);
    this.#previous = Int32Array.from({ length: 2 * length }, (_, at) => previous[at] ?? at);
  }
}

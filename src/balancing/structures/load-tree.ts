/**
 * Knows who has the least load, in a tournament: each node of a binary tree holds the winner of its two children, so that
 * a change replays only the matches on the way to the root.
 *
 * ```
 *            1: b           node n plays between 2n and 2n + 1; leaves stand from `#leaves` on
 *       2: b      3: c
 *     4: a  5: b  6: c  7: -
 * ```
 */
export class LoadTree {
  readonly #leaves: number;
  /** Index that wins at each node; -1 where there is nobody. */
  readonly #winners: Int32Array;
  /** To be written to, each time with a `replay`: a fraction handed to a function would be allocated. */
  readonly loads: Float64Array;
  /** Among equal loads the smallest turn wins, then the first index. */
  readonly turns: Float64Array;

  /** All loads and turns are 0 at first. */
  constructor(length: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(length));
    this.loads = new Float64Array(length);
    this.turns = new Float64Array(length);
    this.#winners = new Int32Array(2 * this.#leaves).fill(-1);
    for (let index = 0; index < length; index++) this.#winners[this.#leaves + index] = index;
    for (let node = this.#leaves - 1; node > 0; node--) this.#play(node);
  }

  /** Index of the least load. */
  get least(): number {
    return this.#winners[1]!; // a tree of one index is one leaf, which stands there too
  }

  /** The load or the turn of `index` has changed. */
  replay(index: number): void {
    for (let node = (this.#leaves + index) >> 1; node > 0; node >>= 1) this.#play(node);
  }

  #play(node: number): void {
    const left = this.#winners[2 * node]!;
    const right = this.#winners[2 * node + 1]!;
    this.#winners[node] = right >= 0 && this.#isBefore(right, left) ? right : left;
  }

  #isBefore(right: number, left: number): boolean {
    const difference = this.loads[right]! - this.loads[left]!;
    return difference < 0 || (difference === 0 && this.turns[right]! < this.turns[left]!);
  }
}

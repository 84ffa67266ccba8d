/** Times are kept below this, so that products with weights stay exact. */
const MAX_TIME = 2 ** 20;

/**
 * nginx's smooth weighted round robin without its loop over everyone. There, before each pick everyone's current value
 * grows by its weight; the greatest is picked, the first among equals, and pays the sum of all weights.
 *
 * Those of one weight keep their distances, so they simply take turns, and only the next of each weight competes. Between
 * two picks its value is a straight line over time. This is a kinetic tournament over these lines: each node of a binary
 * tree holds the winner of its children and until when that, and everything below, is certain. A step looks again only
 * where that time has come, and replays the matches of the one that paid.
 */
export class SmoothSchedule {
  readonly total: number;
  readonly #weights: Float64Array;
  /** Everyone's value at time 0: lines through these, with the weights as slopes. */
  readonly #bases: Float64Array;
  /** Indices by weight, and within one weight in the order of their turns. */
  readonly #order: Uint32Array;
  /** Where in `#order` each weight begins; one more for the end. */
  readonly #starts: Uint32Array;
  /** Where in `#order` each weight is. */
  readonly #cursors: Uint32Array;
  readonly #leaves: number;
  /** Which of the weights wins at each node; -1 where there is none. Node n plays between 2n and 2n + 1. */
  readonly #winners: Int32Array;
  /** Time at which a winner at or below the node may change. */
  readonly #expiries: Float64Array;
  #time = 0;

  /** @param values to begin with: 0 for everyone, or those of the schedule that this one replaces. Kept. */
  constructor(weights: Float64Array, values: Float64Array) {
    this.total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#weights = weights;
    this.#bases = values;
    this.#order = Uint32Array.from(weights.keys()).sort(
      (one, other) =>
        weights[one]! - weights[other]! || values[other]! - values[one]! || one - other,
    );
    this.#starts = startsOf(this.#order, weights);
    this.#cursors = this.#starts.slice(0, -1);
    const { length } = this.#cursors;
    this.#leaves = 2 ** Math.ceil(Math.log2(length));
    this.#winners = new Int32Array(2 * this.#leaves).fill(-1);
    this.#expiries = new Float64Array(2 * this.#leaves).fill(Number.POSITIVE_INFINITY);
    for (let number = 0; number < length; number++) this.#winners[this.#leaves + number] = number;
    for (let node = this.#leaves - 1; node > 0; node--) this.#play(node);
  }

  next(): number {
    if (this.#time === MAX_TIME) this.#restartTime();
    this.#time++;
    if (this.#expiries[1]! <= this.#time) this.#refresh(1);
    const winner = this.#winners[1]!;
    const cursor = this.#cursors[winner]!;
    const chosen = this.#order[cursor]!;
    this.#bases[chosen] = this.#bases[chosen]! - this.total;
    const isLast = cursor + 1 === this.#starts[winner + 1];
    this.#cursors[winner] = isLast ? this.#starts[winner]! : cursor + 1;
    for (let node = (this.#leaves + winner) >> 1; node > 0; node >>= 1) this.#play(node);
    return chosen;
  }

  /** What the index is owed, in units of weight; the sum over all stays the same. */
  value(index: number): number {
    return this.#bases[index]! + this.#weights[index]! * this.#time;
  }

  #refresh(node: number): void {
    const left = 2 * node;
    if (this.#expiries[left]! <= this.#time) this.#refresh(left);
    if (this.#expiries[left + 1]! <= this.#time) this.#refresh(left + 1);
    this.#play(node);
  }

  /** Decides the match at a node; its children are certain. */
  #play(node: number): void {
    const left = this.#winners[2 * node]!;
    const right = this.#winners[2 * node + 1]!;
    let expiry = Math.min(this.#expiries[2 * node]!, this.#expiries[2 * node + 1]!);
    let winner = left;
    if (right >= 0) {
      const one = this.#order[this.#cursors[left]!]!; // who stands right has somebody to the left
      const other = this.#order[this.#cursors[right]!]!;
      const lead = this.value(one) - this.value(other);
      const gain = this.#weights[other]! - this.#weights[one]!;
      if (lead < 0 || (lead === 0 && other < one)) winner = right;
      const loserIsFaster = winner === right ? gain < 0 : gain > 0;
      // When the lines meet, or a moment before, which only costs another look.
      const meeting = loserIsFaster ? Math.floor(lead / gain) : Number.POSITIVE_INFINITY;
      expiry = Math.min(expiry, this.#time + Math.max(1, meeting));
    }
    this.#winners[node] = winner;
    this.#expiries[node] = expiry;
  }

  #restartTime(): void {
    for (let index = 0; index < this.#bases.length; index++) {
      this.#bases[index] = this.value(index);
    }
    for (let node = 0; node < this.#expiries.length; node++) {
      this.#expiries[node] = this.#expiries[node]! - this.#time;
    }
    this.#time = 0;
  }
}

/** @param order indices by weight. */
function startsOf(order: Uint32Array, weights: Float64Array): Uint32Array {
  const starts: number[] = [];
  for (const [at, index] of order.entries()) {
    if (at === 0 || weights[index] !== weights[order[at - 1]!]) starts.push(at);
  }
  return Uint32Array.of(...starts, order.length);
}

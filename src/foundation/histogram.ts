/** Ten bounds to a decade, rounded so that 1, 2.5 and 5 are among them: neighbours are 20 to 28 % apart. */
const DECADE = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8];
const FIRST_MS = 0.01;
const DECADES = 7;

/** Upper ends of the buckets, milliseconds: 0.01, 0.0125 and so on to 100 s. */
const boundsMs = new Float64Array([
  ...Array.from({ length: DECADES }, (_, decade) =>
    DECADE.map((bound) => Number((bound * FIRST_MS * 10 ** decade).toPrecision(3))),
  ).flat(),
  100_000,
]);

/** Those of the bounds that people are shown; milliseconds. */
export const shownBoundsMs: readonly number[] = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000,
  100_000,
];
const shownIndexes = shownBoundsMs.map((bound) => boundsMs.indexOf(bound));

/**
 * How often something took how long. Kept in 72 numbers, fine enough to tell any quantile between 10 µs and 100 s to
 * within a seventh; shown in fewer.
 */
export class Histogram {
  /** By the first bound that is not exceeded; what exceeds all counts in one more. Numbers, so that none runs over. */
  readonly #counts = new Float64Array(boundsMs.length + 1);
  sumMs = 0;

  /** Hot: seven comparisons. */
  observe(ms: number): void {
    let low = 0;
    let high = boundsMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ms > (boundsMs[middle] as number))
        low = middle + 1; // middle < high <= length
      else high = middle;
    }
    this.#counts[low] = (this.#counts[low] as number) + 1; // low <= length, and there is one more
    this.sumMs += ms;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** How many did not exceed each of the shown bounds, and as the last how many there were at all. */
  cumulative(): readonly number[] {
    let at = 0;
    let total = 0;
    const upTo = (end: number) => {
      for (; at <= end; at++) total += this.#counts[at] as number; // end <= length
      return total;
    };
    return [...shownIndexes.map(upTo), upTo(boundsMs.length)];
  }

  /**
   * The value that a share of all did not exceed, to within a seventh.
   *
   * @param share above 0, up to 1: 0.99 for the 99th percentile.
   * @returns milliseconds; null when there is nothing yet.
   */
  quantileMs(share: number): number | null {
    const { count } = this;
    return count === 0 ? null : this.atRankMs(Math.max(1, Math.ceil(share * count)));
  }

  /** To within a seventh, the value that has `rank - 1` before it when all are sorted. @param rank 1 to `count`. */
  atRankMs(rank: number): number {
    let before = 0;
    const at = this.#counts.findIndex((count) => {
      before += count;
      return before >= rank;
    });
    return middleOf(at === -1 ? boundsMs.length : at);
  }

  /** The difference to what it was; both of the same thing. @param before null: to nothing. */
  since(before: Histogram | null): Histogram {
    const difference = this.copy();
    if (before === null) return difference;
    for (const [at, count] of before.#counts.entries()) {
      difference.#counts[at] = (difference.#counts[at] as number) - count; // of the same length
    }
    difference.sumMs -= before.sumMs;
    return difference;
  }

  copy(): Histogram {
    const copied = new Histogram();
    copied.add(this);
    return copied;
  }

  /** Counts what another has counted, too. */
  add(other: Histogram): void {
    for (const [at, count] of other.#counts.entries()) {
      this.#counts[at] = (this.#counts[at] as number) + count; // of the same length
    }
    this.sumMs += other.sumMs;
  }
}

/** Halfway between the bounds of a bucket; for the open one, where it begins. */
function middleOf(at: number): number {
  const end = boundsMs[at];
  const start = boundsMs[at - 1] ?? 0;
  return end === undefined ? start : Number(((start + end) / 2).toPrecision(4));
}

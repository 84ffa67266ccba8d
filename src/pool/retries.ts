import type { Reason } from '../foundation/reason.ts';

/** However few exchanges a pool has, so many of them may be repeated at once. */
const FLOOR = 3;

/**
 * Counts the retries of one pool, and bounds those that make backends do work twice: when all of them are in trouble,
 * each request must not become three.
 */
export class Retries {
  /** Retries so far, by why the attempt before them failed. */
  readonly counts = new Map<Reason, number>();
  /** Not made because the budget was used up. */
  refused = 0;
  /** Under way, of those that are bounded. */
  #charged = 0;

  /**
   * Asks for one that is bounded; `refund` must follow when it has ended.
   *
   * @param active exchanges in flight in the pool.
   * @param percent of them that may be retries.
   * @returns false when too many are under way: refused.
   */
  charge(active: number, percent: number): boolean {
    if (this.#charged >= Math.max(FLOOR, (active * percent) / 100)) {
      this.refused++;
      return false;
    }
    this.#charged++;
    return true;
  }

  refund(): void {
    this.#charged--;
  }

  count(reason: Reason): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }
}

import type { Reason } from '../foundation/reason.ts';

/**
 * However few exchanges a pool has, so many of them may be repeated at once for each of its backends: the failures that
 * eject one, so that half of the backends may die together and no request is lost.
 */
const FLOOR_PER_BACKEND = 3;

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
   * @param backends of the pool.
   * @param active exchanges in flight in the pool.
   * @param percent of them that may be retries.
   * @returns false when too many are under way: refused.
   */
  charge(backends: number, active: number, percent: number): boolean {
    if (this.#charged >= Math.max(FLOOR_PER_BACKEND * backends, (active * percent) / 100)) {
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

import type { SimBackend, Visit } from './sim-backend.ts';

/** What became of the requests of one run. Latencies and waits are those of requests that did not fail. */
export interface Outcome {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Before a worker began. */
  readonly meanWaitMs: number;
  /** Part of the requests that found no free worker. */
  readonly waited: number;
  /** Part of all requests that failed. */
  readonly failed: number;
  /** Part of all requests that each backend was given, in their order. */
  readonly shares: readonly number[];
  /** Some backend was given more than it can do, so latencies grow for as long as the run lasts. */
  readonly overloaded: boolean;
}

/** Gathers the visits of one run. */
export class Tally {
  readonly #given: ReadonlyMap<SimBackend, { requests: number; busyMs: number }>;
  readonly #latencies: number[] = [];
  #waitMs = 0;
  #waited = 0;
  #failed = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = 0;

  constructor(backends: readonly SimBackend[]) {
    this.#given = new Map(backends.map((backend) => [backend, { requests: 0, busyMs: 0 }]));
  }

  count({ backend, arrivedMs, startedMs, endedMs }: Visit): void {
    const given = this.#given.get(backend)!; // a visit is to one of the run's backends
    given.requests++;
    given.busyMs += endedMs - startedMs;
    this.#firstMs = Math.min(this.#firstMs, arrivedMs);
    this.#lastMs = arrivedMs;
    if (backend.model.fails) {
      this.#failed++;
      return;
    }
    this.#latencies.push(endedMs - arrivedMs);
    this.#waitMs += startedMs - arrivedMs;
    if (startedMs > arrivedMs) this.#waited++;
  }

  outcome(): Outcome {
    const sorted = Float64Array.from(this.#latencies).sort();
    const requests = sorted.length + this.#failed;
    const spanMs = this.#lastMs - this.#firstMs;
    return {
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      maxMs: quantile(sorted, 1),
      meanWaitMs: this.#waitMs / sorted.length,
      waited: this.#waited / sorted.length,
      failed: this.#failed / requests,
      shares: [...this.#given.values()].map((given) => given.requests / requests),
      overloaded: [...this.#given].some(([{ model }, given]) => {
        const chance = 5 / Math.sqrt(given.requests); // five standard deviations of exponential service times
        return given.busyMs > (1 + chance) * model.workers * spanMs;
      }),
    };
  }
}

/** The smallest value that at least this part of all values does not exceed; NaN when there are none. */
function quantile(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

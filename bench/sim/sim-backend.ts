import { PeakEwma } from '../../src/backend/peak-ewma.ts';
import type { Target } from '../../src/balancing/algorithm.ts';
import type { BackendModel } from './scenario.ts';

/** How long a backend that fails takes for it. */
const failureMs = 1;

/** One request at one backend. */
export interface Visit {
  readonly backend: SimBackend;
  readonly arrivedMs: number;
  /** When a worker began with it. */
  readonly startedMs: number;
  readonly endedMs: number;
}

/** One backend of a run: parallel workers that take requests in the order in which they came. */
export class SimBackend implements Target {
  readonly name: string;
  readonly weight: number;
  readonly model: BackendModel;
  readonly responseTime = new PeakEwma();
  active = 0;
  ejected = false;
  /** Position among the eligible, unless it is ejected. */
  index = 0;
  /** When each worker has done what it was given so far. */
  readonly #freeAtMs: Float64Array;

  constructor(name: string, model: BackendModel) {
    this.name = name;
    this.weight = model.weight;
    this.model = model;
    this.#freeAtMs = new Float64Array(model.workers);
  }

  responseMs(now: number): number {
    return this.responseTime.valueAt(now);
  }

  /**
   * With one line for all workers, a request begins when the first of them has done all that came before. So what
   * becomes of it is known when it arrives, and the line need not be kept.
   *
   * @param workMs on a backend of ordinary speed.
   */
  accept(arrivedMs: number, workMs: number): Visit {
    const worker = this.#firstFree();
    const startedMs = Math.max(arrivedMs, this.#freeAtMs[worker]!); // a backend has at least one worker
    const endedMs = startedMs + this.#serviceMs(workMs, startedMs);
    this.#freeAtMs[worker] = endedMs;
    return { backend: this, arrivedMs, startedMs, endedMs };
  }

  #firstFree(): number {
    let first = 0;
    for (let worker = 1; worker < this.#freeAtMs.length; worker++) {
      if (this.#freeAtMs[worker]! < this.#freeAtMs[first]!) first = worker;
    }
    return first;
  }

  #serviceMs(workMs: number, startedMs: number): number {
    const { fails, slowness, trouble } = this.model;
    if (fails) return failureMs;
    const troubled = trouble !== null && startedMs >= trouble.fromMs && startedMs < trouble.toMs;
    return workMs * slowness * (troubled ? trouble.slowness : 1);
  }
}

/** Time constant of the decay, milliseconds: after it, 63 % of a difference is forgotten. */
const DECAY_MS = 10_000;
/** What is measured counts as no less: within one turn of the event loop no time passes, and 0 stands for "not measured". */
const LEAST_MS = 0.01;

/**
 * Moving average of a latency that jumps up to a peak at once and comes down over time, so that trouble is believed
 * immediately and recovery only slowly (Finagle's "peak EWMA").
 */
export class PeakEwma {
  #value = 0;
  #updatedMs = 0;

  /** @param now monotonic clock, milliseconds. */
  observe(latencyMs: number, now: number): void {
    const ms = Math.max(latencyMs, LEAST_MS);
    const decayed = this.valueAt(now);
    const kept = Math.exp((this.#updatedMs - now) / DECAY_MS);
    this.#value = ms > decayed ? ms : this.#value * kept + ms * (1 - kept);
    this.#updatedMs = now;
  }

  /** Decays towards 0 without observations, so that a slow backend that was left alone is tried again. */
  valueAt(now: number): number {
    return this.#value * Math.exp((this.#updatedMs - now) / DECAY_MS);
  }
}

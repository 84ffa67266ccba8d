/** Long enough for a steady figure, short enough to notice that backends have become slower. */
const WINDOW_MS = 5000;
/** A window younger than this says less than the one before it. */
const MIN_AGE_MS = 1000;
/** Nobody is sent away for longer, however slow the queue: backends recover. */
const MAX_SECONDS = 60;

/** How many leave a queue per second for a backend, measured while somebody waits. */
export class DrainRate {
  #windowMs = 0;
  #count = 0;
  /** Per millisecond, of the window before this one; 0 when there was none. */
  #previous = 0;

  /** The queue is no longer empty. @param nowMs monotonic clock. */
  start(nowMs: number): void {
    this.#windowMs = nowMs;
    this.#count = 0;
    this.#previous = 0;
  }

  /** One has left for a backend. */
  count(nowMs: number): void {
    const age = nowMs - this.#windowMs;
    if (age > WINDOW_MS) {
      this.#previous = this.#count / age;
      this.#windowMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
  }

  /** @returns whole seconds until `length` will have left, at least 1. */
  secondsFor(length: number, nowMs: number): number {
    const age = Math.max(1, nowMs - this.#windowMs);
    // One more than were counted: the first to leave is on its way.
    const measured = (this.#count + 1) / age;
    const perMs = age < MIN_AGE_MS && this.#previous > 0 ? this.#previous : measured;
    return Math.min(MAX_SECONDS, Math.max(1, Math.ceil(length / perMs / 1000)));
  }
}

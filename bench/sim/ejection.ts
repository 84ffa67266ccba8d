const consecutiveFailures = 3;
const firstEjectionMs = 5_000;
const maxEjectionMs = 60_000;

/**
 * What `passive_health` with `count_5xx` does with one backend that fails, at its other defaults: three failures in a row
 * eject it for 5 s; after that its first failure ejects it again, for twice as long, up to a minute.
 */
export class Ejection {
  #failures = 0;
  #nextMs = firstEjectionMs;

  /** @returns for how long to eject the backend now, milliseconds; 0 for not at all. */
  onResult(failed: boolean): number {
    if (!failed) {
      this.#failures = 0;
      this.#nextMs = firstEjectionMs;
      return 0;
    }
    this.#failures++;
    if (this.#failures < consecutiveFailures) return 0;
    const ejectionMs = this.#nextMs;
    this.#nextMs = Math.min(2 * ejectionMs, maxEjectionMs);
    return ejectionMs;
  }
}

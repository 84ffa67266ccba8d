/** Turns results of probes into a verdict that only results in a row can change. */
export class Verdict {
  /** null before the first result, which decides at once: lb has just started and knows nothing better. */
  healthy: boolean | null = null;
  readonly #unhealthyThreshold: number;
  readonly #healthyThreshold: number;
  /** Results in a row that contradict the verdict. */
  #contrary = 0;

  constructor(unhealthyThreshold: number, healthyThreshold: number) {
    this.#unhealthyThreshold = unhealthyThreshold;
    this.#healthyThreshold = healthyThreshold;
  }

  /** The last result contradicted the verdict, and more of the kind would change it. */
  get changing(): boolean {
    return this.#contrary > 0;
  }

  record(ok: boolean): void {
    if (ok === this.healthy) {
      this.#contrary = 0;
      return;
    }
    const needed = ok ? this.#healthyThreshold : this.#unhealthyThreshold;
    this.#contrary++;
    if (this.healthy !== null && this.#contrary < needed) return;
    this.healthy = ok;
    this.#contrary = 0;
  }
}

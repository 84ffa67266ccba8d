/** Where "now" comes from. Handed to whoever measures time, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; monotonic, with a fraction. */
  now(): number;
}

/** Monotonic time of this process: unlike `Date.now()`, never set back by NTP or by hand. */
export const systemClock: Clock = { now: () => performance.now() };

/**
 * Asks another clock once per turn of the event loop, since an exchange asks six times and under load a turn serves dozens of exchanges. A reading
 * is therefore as old as its turn: microseconds when there is little to do, at most the length of a turn when busy.
 */
export class TurnClock implements Clock {
  readonly #source: Clock;
  #nowMs = Number.NaN;

  constructor(source: Clock) {
    this.#source = source;
  }

  now(): number {
    if (Number.isNaN(this.#nowMs)) {
      this.#nowMs = this.#source.now();
      setImmediate(this.#forget);
    }
    return this.#nowMs;
  }

  readonly #forget = (): void => {
    this.#nowMs = Number.NaN;
  };
}

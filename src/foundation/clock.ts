/** Where "now" comes from. Handed to whoever measures time, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; monotonic, with a fraction. */
  now(): number;
}

/** Monotonic time of this process: unlike `Date.now()`, never set back by NTP or by hand. */
export const systemClock: Clock = { now: () => performance.now() };

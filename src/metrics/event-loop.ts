import { performance } from 'node:perf_hooks';
import { type Clock, systemClock } from '../foundation/clock.ts';
import { Histogram } from '../foundation/histogram.ts';

/** Ten looks a second cost an idle process as much as the timer wheel does. */
const LOOK_EVERY_MS = 100;

/**
 * How busy the event loop is, and how late it does what is due: whether it is lb that is slow, or a backend. Its own
 * timer, in 600 bytes, because the histogram of perf_hooks takes 300 KB.
 */
export class EventLoop {
  /** How late the timer was each time. Up to about a millisecond is how finely Node tells time to timers. */
  readonly lag = new Histogram();
  readonly #clock: Clock;
  #dueMs = 0;
  #timeout: NodeJS.Timeout | null = null;

  /** @param clock exact, and not as of the turn: a turn is what is measured. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Time with something to do, since the process started. */
  get activeSeconds(): number {
    return performance.eventLoopUtilization().active / 1000;
  }

  /** Time spent waiting for something to do. */
  get idleSeconds(): number {
    return performance.eventLoopUtilization().idle / 1000;
  }

  /** Looks from now on, without keeping the process alive. */
  start(): void {
    this.#dueMs = this.#clock.now() + LOOK_EVERY_MS;
    this.#timeout = setTimeout(this.#look, LOOK_EVERY_MS).unref();
  }

  stop(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    this.#timeout = null;
  }

  readonly #look = (): void => {
    this.lag.observe(Math.max(0, this.#clock.now() - this.#dueMs));
    this.start();
  };
}

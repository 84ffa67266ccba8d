import type { Snapshot } from '../config/snapshot.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import { EventLoop } from '../metrics/event-loop.ts';
import type { MetricsSource } from '../metrics/exporter.ts';
import { liveNamesOf } from './live-names.ts';
import { type Measured, measurementsOf } from './measurements.ts';
import { Pushing } from './pushing.ts';

/** The metrics of a daemon: what is read at each scrape, and what sends by itself. */
export class RunningMetrics {
  readonly source: MetricsSource;
  readonly #measured: Measured;
  readonly #eventLoop = new EventLoop();
  readonly #pushing: Pushing;
  #snapshot: Snapshot;

  constructor(snapshot: Snapshot, measured: Measured, wheel: TimerWheel) {
    this.#snapshot = snapshot;
    this.#measured = measured;
    this.#pushing = new Pushing(wheel);
    this.source = measurementsOf(measured, {
      global: () => this.#snapshot.global,
      eventLoop: this.#eventLoop,
      pushing: this.#pushing,
    });
  }

  /** Goes over to another configuration, which is at work already. */
  follow(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.forgetGone();
    this.#pushing.apply(snapshot.global.metrics, this.source);
  }

  /** Lets go, after a while, of what was counted under names that are in use no more. */
  forgetGone(): void {
    const { exchanges, pools } = this.#measured;
    exchanges.retain(liveNamesOf(this.#snapshot.listeners, pools.all));
  }

  start(): void {
    this.#eventLoop.start();
  }

  /** Resolves when the last of what was counted has been sent, or cannot be. */
  async stop(): Promise<void> {
    this.#eventLoop.stop();
    await this.#pushing.stop();
  }
}

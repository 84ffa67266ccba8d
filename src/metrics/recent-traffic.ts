import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../foundation/clock.ts';
import { Histogram } from '../foundation/histogram.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';

/** How often a look is taken, and how many are remembered: together the last minute. */
const LOOK_EVERY_MS = 10_000;
const LOOKS = 6;

/** What backends had counted since their beginning at some moment. */
interface Look {
  readonly atMs: number;
  /** Those that had counted something. */
  readonly totals: ReadonlyMap<Backend, Histogram>;
}

export interface RecentTrafficServices {
  /** Those of the moment. */
  readonly backends: () => Iterable<Backend>;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
}

export interface TrafficReading {
  readonly perSecond: number;
  /** Milliseconds, to within a seventh; null without an exchange. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/**
 * What people want to see at a glance: how much each backend has done in the last minute, and how long that took. It
 * is the difference between what a backend has counted by now and what it had then, so that exchanges pay nothing for it.
 */
export class RecentTraffic implements Expirable {
  readonly #services: RecentTrafficServices;
  readonly #timer = new WheelTimer(this);
  readonly #startedMs: number;
  /** The oldest first. */
  #looks: readonly Look[] = [];

  constructor(services: RecentTrafficServices) {
    this.#services = services;
    this.#startedMs = services.clock.now();
    this.#schedule();
  }

  #schedule(): void {
    this.#services.wheel.schedule(this.#timer, LOOK_EVERY_MS);
  }

  onDeadline(): void {
    const { backends, clock } = this.#services;
    const totals = new Map<Backend, Histogram>();
    for (const backend of backends()) {
      const { total } = backend.timings;
      if (total !== null) totals.set(backend, total.copy());
    }
    this.#looks = [...this.#looks, { atMs: clock.now(), totals }].slice(-LOOKS);
    this.#schedule();
  }

  /** Of these backends together. */
  read(backends: Iterable<Backend>): TrafficReading {
    // Before there are enough looks, everything since the start is recent.
    const oldest = this.#looks.length < LOOKS ? undefined : this.#looks[0];
    const sum = new Histogram();
    for (const backend of backends) {
      const { total } = backend.timings;
      if (total !== null) sum.add(total.since(oldest?.totals.get(backend) ?? null));
    }
    const sinceMs = oldest?.atMs ?? this.#startedMs;
    const seconds = Math.max(1000, this.#services.clock.now() - sinceMs) / 1000;
    return {
      perSecond: sum.count / seconds,
      p50Ms: sum.quantileMs(0.5),
      p99Ms: sum.quantileMs(0.99),
    };
  }
}

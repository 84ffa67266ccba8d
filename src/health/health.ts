import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { Pool } from '../pool/pool.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import { ActiveChecks } from './active-checks.ts';
import type { BackendHealth } from './backend-health.ts';
import type { KnownFacts } from './facts.ts';
import { type HealthListener, PoolHealth, type PoolHealthConfig } from './pool-health.ts';

export interface HealthServices {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
  readonly buffers: IoBuffers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly listener: HealthListener;
}

/** The health of every backend of every pool: observed by probes, judged by traffic, and told to whoever asks. */
export class Health {
  readonly #services: HealthServices;
  readonly #active: ActiveChecks;
  readonly #pools = new Map<Pool, PoolHealth>();

  constructor(services: HealthServices) {
    this.#services = services;
    this.#active = new ActiveChecks(services);
  }

  /** Pool by pool, those of a pool in configuration order. */
  get backends(): readonly BackendHealth[] {
    return [...this.#pools.values()].flatMap(({ backends }) => backends);
  }

  /** Judges the backends of one more pool; probes begin at once, or with `start`. */
  add(pool: Pool, config: PoolHealthConfig): void {
    this.#pools.set(pool, new PoolHealth(pool, config, this.#active, this.#services));
  }

  /** The pool has got other backends, or its configuration has changed: what is known of those that stay holds. */
  update(pool: Pool, config: PoolHealthConfig): void {
    this.#pools.get(pool)?.update(config);
  }

  /** The pool is no more. */
  remove(pool: Pool): void {
    this.#pools.get(pool)?.retire();
    this.#pools.delete(pool);
  }

  /** Before `start`. @param known what was known of a backend before lb was restarted; null: nothing. */
  restore(known: (health: BackendHealth) => KnownFacts | null): void {
    for (const each of this.backends) {
      const facts = known(each);
      if (facts !== null) each.restore(facts);
    }
    for (const pool of this.#pools.values()) pool.keepMinimum();
  }

  start(): void {
    this.#active.start();
  }

  stop(): void {
    this.#active.stop();
    for (const pool of this.#pools.values()) pool.stop();
  }
}

import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { Pool } from '../pool/pool.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import { ActiveChecks } from './active-checks.ts';
import { BackendHealth, type StateChange } from './backend-health.ts';
import type { CheckConfig } from './catalog.ts';
import type { PassiveConfig } from './circuit.ts';
import { PoolCircuits, type SparingReason } from './pool-circuits.ts';

/** How the backends of one pool are judged; null switches a way off. */
export interface PoolHealthConfig {
  readonly healthCheck: CheckConfig | null;
  readonly passiveHealth: PassiveConfig | null;
}

/** What people should hear about. */
export interface HealthListener {
  onStateChange(change: StateChange): void;
  /** A backend failed often enough and was not ejected; at most once a minute per pool and reason. */
  onSpared(pool: string, reason: SparingReason): void;
}

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
  /** In configuration order. */
  readonly backends: BackendHealth[] = [];
  readonly #services: HealthServices;
  readonly #active: ActiveChecks;
  readonly #circuits: PoolCircuits[] = [];

  constructor(services: HealthServices) {
    this.#services = services;
    this.#active = new ActiveChecks(services);
  }

  /** Before `start`. */
  add(pool: Pool, { healthCheck, passiveHealth }: PoolHealthConfig): void {
    const { wheel, clock, wallClock, listener } = this.#services;
    let circuits: PoolCircuits | null = null;
    const onChange = (change: StateChange) => {
      listener.onStateChange(change);
      if (change.to !== 'ejected') circuits?.keepMinimum();
    };
    const refresh = () => pool.refresh();
    const backends = pool.backends.map(
      (backend) => new BackendHealth(backend, { refresh, onChange, wallClock }),
    );
    this.backends.push(...backends);
    if (healthCheck !== null) for (const each of backends) this.#active.add(healthCheck, each);
    if (passiveHealth === null) return;
    const onSpared = (reason: SparingReason) => listener.onSpared(pool.name, reason);
    circuits = new PoolCircuits(backends, { config: passiveHealth, clock, wheel, onSpared });
    this.#circuits.push(circuits);
  }

  start(): void {
    this.#active.start();
  }

  stop(): void {
    this.#active.stop();
    for (const circuits of this.#circuits) circuits.stop();
  }
}

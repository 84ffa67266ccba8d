import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { Pool } from '../pool/pool.ts';
import type { ActiveChecks } from './active-checks.ts';
import { BackendHealth, type LastProbe, type StateChange } from './backend-health.ts';
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
  /** A probe of it has ended. */
  onProbe(health: BackendHealth, probe: LastProbe): void;
  /** A backend failed often enough and was not ejected; at most once a minute per pool and reason. */
  onSpared(pool: string, reason: SparingReason): void;
}

export interface PoolHealthServices {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
  readonly listener: HealthListener;
}

/** The health of the backends that one pool has at present. */
export class PoolHealth {
  readonly #pool: Pool;
  readonly #active: ActiveChecks;
  readonly #services: PoolHealthServices;
  /** In configuration order. */
  #members: ReadonlyMap<Backend, BackendHealth> = new Map();
  /** How the members are probed; null: not at all. */
  #check: CheckConfig | null = null;
  /** null while passive health is off. */
  #circuits: PoolCircuits | null = null;

  constructor(
    pool: Pool,
    config: PoolHealthConfig,
    active: ActiveChecks,
    services: PoolHealthServices,
  ) {
    this.#pool = pool;
    this.#active = active;
    this.#services = services;
    this.update(config);
  }

  get backends(): readonly BackendHealth[] {
    return [...this.#members.values()];
  }

  /** Takes over the pool's present backends, and a configuration. What is known of backends that stay holds. */
  update({ healthCheck, passiveHealth }: PoolHealthConfig): void {
    const before = this.#members;
    this.#members = new Map(
      this.#pool.backends.map((backend) => [backend, before.get(backend) ?? this.#begin(backend)]),
    );
    this.#probe(before, healthCheck);
    this.#judge(passiveHealth);
  }

  #begin(backend: Backend): BackendHealth {
    const { wallClock, listener } = this.#services;
    const onChange = (change: StateChange) => {
      listener.onStateChange(change);
      if (change.to !== 'ejected') this.#circuits?.keepMinimum();
    };
    const refresh = () => this.#pool.refresh();
    const onProbe = (health: BackendHealth, probe: LastProbe) => listener.onProbe(health, probe);
    return new BackendHealth(backend, { refresh, onChange, onProbe, wallClock });
  }

  #probe(before: ReadonlyMap<Backend, BackendHealth>, check: CheckConfig | null): void {
    const known = this.#check;
    this.#check = check;
    const isSame = JSON.stringify(known) === JSON.stringify(check);
    // The new ones first: an address that both have is probed on without a pause.
    for (const [backend, health] of this.#members) {
      if (check === null || (isSame && before.has(backend))) continue;
      health.probed = true;
      this.#active.add(check, health);
    }
    for (const [backend, health] of before) {
      if (known === null || (isSame && this.#members.has(backend))) continue;
      this.#active.remove(known, health);
      if (check === null && this.#members.has(backend)) leaveAlone(health);
    }
  }

  #judge(config: PassiveConfig | null): void {
    const { clock, wheel, listener } = this.#services;
    if (config === null) {
      this.#circuits?.close('passive health is off');
      this.#circuits?.retire();
      this.#circuits = null;
    } else if (this.#circuits === null) {
      const onSpared = (reason: SparingReason) => listener.onSpared(this.#pool.name, reason);
      this.#circuits = new PoolCircuits(this.backends, { config, clock, wheel, onSpared });
    } else {
      this.#circuits.replace(this.backends, config);
    }
  }

  keepMinimum(): void {
    this.#circuits?.keepMinimum();
  }

  /** The pool is no more; its backends stay as they are. */
  retire(): void {
    for (const health of this.backends) {
      if (this.#check !== null) this.#active.remove(this.#check, health);
    }
    this.#circuits?.retire();
  }

  stop(): void {
    this.#circuits?.stop();
  }
}

/** Nobody would ever find out that it is well again. */
function leaveAlone(health: BackendHealth): void {
  health.probed = false;
  if (!health.observed.value) health.observe(true, 'it is not probed any more');
}

import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { BackendHealth } from './backend-health.ts';
import { Circuit, type CircuitGroup, type PassiveConfig } from './circuit.ts';

/** Failures of all backends within this time have one cause, and it is none of them. */
const COMMON_MS = 1000;

/** The same thing is told again only after this time, however often a backend fails. */
const TELL_EVERY_MS = 60_000;

/** Why a backend that failed often enough was not ejected. */
export type SparingReason = 'all_fail' | 'min_healthy';

export interface PoolCircuitsOptions {
  readonly config: PassiveConfig;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Told at most once a minute. */
  readonly onSpared: (reason: SparingReason) => void;
}

/**
 * The circuits of one pool, which eject only where that helps: never below `min_healthy`, and not when every backend
 * fails within a second, because then it is probably lb or the network, and one of them is as good as another.
 */
export class PoolCircuits implements CircuitGroup {
  #circuits: readonly Circuit[];
  #config: PassiveConfig;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #onSpared: (reason: SparingReason) => void;
  /** When each was told last. */
  readonly #toldMs = new Map<SparingReason, number>();

  constructor(backends: readonly BackendHealth[], options: PoolCircuitsOptions) {
    const { config, clock, wheel, onSpared } = options;
    this.#config = config;
    this.#clock = clock;
    this.#wheel = wheel;
    this.#onSpared = onSpared;
    this.#circuits = [];
    this.replace(backends, config);
  }

  /** Other backends, or another configuration: circuits of those that stay stay as they are. */
  replace(backends: readonly BackendHealth[], config: PassiveConfig): void {
    this.#config = config;
    const before = new Map(this.#circuits.map((circuit) => [circuit.health, circuit]));
    this.#circuits = backends.map((health) => {
      const known = before.get(health);
      before.delete(health);
      if (known === undefined) return new Circuit(health, config, this, this.#clock, this.#wheel);
      known.configure(config);
      return known;
    });
    for (const removed of before.values()) removed.retire();
    this.keepMinimum();
  }

  /** Whoever is ejected comes back. */
  close(why: string): void {
    for (const circuit of this.#circuits) {
      if (circuit.health.circuit.value !== 'closed') circuit.close(why);
    }
  }

  /** Judges nobody any more. */
  retire(): void {
    for (const circuit of this.#circuits) circuit.retire();
    this.#circuits = [];
  }

  allowsEjection(circuit: Circuit, nowMs: number): boolean {
    const candidates = this.#circuits.filter(({ health }) => isWanted(health));
    if (candidates.length > 1 && candidates.every((each) => hasJustFailed(each, nowMs))) {
      this.#spare('all_fail', nowMs);
      for (const each of candidates) {
        if (each !== circuit && each.health.circuit.value !== 'closed') {
          each.close('every backend fails');
        }
      }
      return false;
    }
    if (this.#taking - 1 < this.#config.minHealthy) {
      this.#spare('min_healthy', nowMs);
      return false;
    }
    return true;
  }

  /** For when a backend has been lost in another way: takes back, first those ejected first, until enough are left. */
  keepMinimum(): void {
    const ejected = this.#circuits
      .filter(({ health }) => isWanted(health) && health.circuit.value !== 'closed')
      .toSorted((one, other) => one.openedMs - other.openedMs);
    for (const circuit of ejected) {
      if (this.#taking >= this.#config.minHealthy) return;
      circuit.close('too few other backends are left');
    }
  }

  stop(): void {
    for (const circuit of this.#circuits) circuit.stop();
  }

  /** Backends that take traffic without reserve. */
  get #taking(): number {
    const { length } = this.#circuits.filter(
      ({ health }) => isWanted(health) && health.circuit.value === 'closed',
    );
    return length;
  }

  #spare(reason: SparingReason, nowMs: number): void {
    const toldMs = this.#toldMs.get(reason) ?? -Infinity;
    if (nowMs - toldMs < TELL_EVERY_MS) return;
    this.#toldMs.set(reason, nowMs);
    this.#onSpared(reason);
  }
}

/** Would take traffic, if it were not for its circuit. */
function isWanted({ backend }: BackendHealth): boolean {
  return backend.healthy && backend.wanted;
}

function hasJustFailed({ lastFailureMs }: Circuit, nowMs: number): boolean {
  return nowMs - lastFailureMs <= COMMON_MS;
}

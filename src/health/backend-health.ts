import type { Backend, Order } from '../backend/backend.ts';
import { unreachable } from '../foundation/unreachable.ts';
import type { ProbeResult } from './check.ts';

/**
 * What passive health makes of a backend, as in a circuit breaker. `closed`: traffic flows. `open`: it is ejected.
 * `half_open`: it is given one exchange, whose outcome decides.
 */
export type CircuitState = 'closed' | 'open' | 'half_open';

/** The one word for all three facts: what people ordered goes before what was observed, and that before ejection. */
export type BackendState = 'up' | 'half_open' | 'ejected' | 'down' | 'draining' | 'maintenance';

/** Why a backend counts as healthy before the first probe of it has ended. */
const ASSUMED = 'no probe has ended yet';

/** What somebody holds of a backend, why, and since when. */
export interface Fact<Value> {
  readonly value: Value;
  /** In a few words for people. */
  readonly why: string;
  /** Milliseconds since 1970, so that it means the same after a restart. */
  readonly sinceMs: number;
}

/** The last probe that has ended. */
export interface LastProbe extends ProbeResult {
  readonly endedMs: number;
  readonly durationMs: number;
}

/** A backend has gone from one state to another. */
export interface StateChange {
  readonly pool: string;
  readonly backend: string;
  readonly from: BackendState;
  readonly to: BackendState;
  readonly why: string;
  /** How long it was in the state it has left. */
  readonly lastedMs: number;
}

export interface BackendHealthOptions {
  /** Called after facts of the backend have changed: `Pool.refresh`. */
  readonly refresh: () => void;
  readonly onChange: (change: StateChange) => void;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
}

/**
 * The three facts about one backend, each with its own writer: `observe` is for checks, `judge` for passive health,
 * `order` for people. None of them touches the fact of another, so that a backend in maintenance is still probed, and
 * one that people call ready is not thereby well.
 */
export class BackendHealth {
  readonly backend: Backend;
  observed: Fact<boolean>;
  circuit: Fact<CircuitState>;
  ordered: Fact<Order>;
  /** null before the first probe has ended. */
  lastProbe: LastProbe | null = null;
  probesPassed = 0;
  probesFailed = 0;
  ejections = 0;
  #stateSinceMs: number;
  readonly #options: BackendHealthOptions;

  constructor(backend: Backend, options: BackendHealthOptions) {
    const sinceMs = options.wallClock();
    this.backend = backend;
    this.#options = options;
    this.#stateSinceMs = sinceMs;
    this.observed = { value: backend.healthy, why: ASSUMED, sinceMs };
    this.circuit = { value: 'closed', why: 'no failures', sinceMs };
    this.ordered = { value: backend.ordered, why: 'as configured', sinceMs };
  }

  get name(): string {
    return this.backend.name;
  }

  get pool(): string {
    return this.backend.pool;
  }

  get state(): BackendState {
    return stateOf(this.ordered.value, this.observed.value, this.circuit.value);
  }

  /** Why it is in its state. */
  get why(): string {
    return this.#deciding().why;
  }

  /** Since when it has been in its state, milliseconds since 1970. */
  get sinceMs(): number {
    return this.#stateSinceMs;
  }

  /** Given new traffic as far as its own health goes. */
  get takesTraffic(): boolean {
    const { state } = this;
    return state === 'up' || state === 'half_open';
  }

  noteProbe(result: ProbeResult, durationMs: number): void {
    if (result.ok) this.probesPassed++;
    else this.probesFailed++;
    this.lastProbe = { ...result, durationMs, endedMs: this.#options.wallClock() };
  }

  /** For checks. */
  observe(healthy: boolean, why: string): void {
    this.#write(() => {
      const known = this.observed.why === ASSUMED ? null : this.observed;
      this.observed = this.#fact(known, healthy, why);
      this.backend.healthy = healthy;
    });
  }

  /** For passive health. @param admitted half open only: whether it may be given its one exchange now. */
  judge(circuit: CircuitState, why: string, admitted = false): void {
    if (circuit === 'open') this.ejections++;
    this.#write(() => {
      this.circuit = this.#fact(this.circuit, circuit, why);
      this.backend.ejected = circuit === 'open' || (circuit === 'half_open' && !admitted);
    });
  }

  /** For people. */
  order(order: Order, why: string): void {
    this.#write(() => {
      this.ordered = this.#fact(this.ordered, order, why);
      this.backend.ordered = order;
    });
  }

  #write(change: () => void): void {
    const { healthy, ejected, ordered } = this.backend;
    const before = this.state;
    change();
    const { backend } = this;
    const isSame =
      healthy === backend.healthy && ejected === backend.ejected && ordered === backend.ordered;
    if (!isSame) this.#options.refresh();
    this.#tell(before);
  }

  #tell(before: BackendState): void {
    const { state } = this;
    if (state === before) return;
    const nowMs = this.#options.wallClock();
    const lastedMs = Math.max(0, nowMs - this.#stateSinceMs); // somebody may have set the clock back
    this.#stateSinceMs = nowMs;
    const { name: backend, pool, why } = this;
    this.#options.onChange({ pool, backend, from: before, to: state, why, lastedMs });
  }

  /** Repeating a value renews neither its reason nor its time. */
  #fact<Value>(known: Fact<Value> | null, value: Value, why: string): Fact<Value> {
    if (known?.value === value) return known;
    return { value, why, sinceMs: this.#options.wallClock() };
  }

  #deciding(): Fact<unknown> {
    const { state } = this;
    switch (state) {
      case 'maintenance':
      case 'draining':
        return this.ordered;
      case 'down':
        return this.observed;
      case 'ejected':
      case 'half_open':
        return this.circuit;
      case 'up':
        return [this.ordered, this.observed, this.circuit].reduce((last, fact) =>
          fact.sinceMs > last.sinceMs ? fact : last,
        );
      default:
        return unreachable(state);
    }
  }
}

export function stateOf(ordered: Order, healthy: boolean, circuit: CircuitState): BackendState {
  if (ordered !== 'ready') return ordered;
  if (!healthy) return 'down';
  if (circuit === 'open') return 'ejected';
  return circuit === 'half_open' ? 'half_open' : 'up';
}

import type { Backend, Order } from '../backend/backend.ts';
import { unreachable } from '../foundation/unreachable.ts';
import type { ProbeResult } from './check.ts';
import type { Breaker, Fact, KnownFacts, Ordered } from './facts.ts';

/**
 * What passive health makes of a backend, as in a circuit breaker. `closed`: traffic flows. `open`: it is ejected.
 * `half_open`: it is given one exchange, whose outcome decides.
 */
export type CircuitState = 'closed' | 'open' | 'half_open';

/** The one word for all three facts: what people ordered goes before what was observed, and that before ejection. */
export type BackendState = 'up' | 'half_open' | 'ejected' | 'down' | 'draining' | 'maintenance';

/** Of a name that discovery has said nothing about. */
const UNRESOLVED = 'its name has not resolved yet';

/** Why a backend counts as healthy before the first probe of it has ended. */
const ASSUMED = 'no probe has ended yet';

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
  readonly onProbe: (health: BackendHealth, probe: LastProbe) => void;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
}

/**
 * The facts about one backend, each with its own writer: `resolve` is for discovery, `observe` for checks, `judge` for passive health,
 * `order` for people. None of them touches the fact of another, so that a backend in maintenance is still probed, and
 * one that people call ready is not thereby well.
 */
export class BackendHealth {
  readonly backend: Backend;
  /** Whether there is an address to connect to. */
  resolved: Fact<boolean>;
  observed: Fact<boolean>;
  circuit: Fact<CircuitState>;
  ordered: Ordered;
  /** Whether a check observes it. Written by whoever adds the check. */
  probed = false;
  /** null where passive health is off. Written by the breaker itself. */
  breaker: Breaker | null = null;
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
    const { resolved } = backend;
    this.resolved = { value: resolved, why: resolved ? 'it has an address' : UNRESOLVED, sinceMs };
    this.observed = { value: backend.healthy, why: ASSUMED, sinceMs };
    this.circuit = { value: 'closed', why: 'no failures', sinceMs };
    this.ordered = { value: backend.ordered, why: 'as configured', sinceMs, who: null };
  }

  get name(): string {
    return this.backend.name;
  }

  get pool(): string {
    return this.backend.pool;
  }

  get state(): BackendState {
    const reachable = this.resolved.value && this.observed.value;
    return stateOf(this.ordered.value, reachable, this.circuit.value);
  }

  /** Why it is in its state. */
  get why(): string {
    return this.#deciding().why;
  }

  /** Since when it has been in its state, milliseconds since 1970. */
  get sinceMs(): number {
    return this.#stateSinceMs;
  }

  /** What checks observed, now or before a restart; null before the first probe has ended. */
  get known(): Fact<boolean> | null {
    return this.observed.why === ASSUMED ? null : this.observed;
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
    this.#options.onProbe(this, this.lastProbe);
  }

  /** For discovery. A name that has resolved once keeps its address, so nobody takes this back. */
  resolve(why: string): void {
    this.#write(() => {
      this.resolved = this.#fact(this.resolved, true, why);
    });
  }

  /** For checks. */
  observe(healthy: boolean, why: string): void {
    this.#write(() => {
      this.observed = this.#fact(this.known, healthy, why);
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
  order(order: Order, why: string, who: string): void {
    this.#write(() => {
      const fact = this.#fact<Order>(this.ordered, order, why);
      this.ordered = fact === this.ordered ? this.ordered : { ...fact, who };
      this.backend.ordered = order;
    });
  }

  /**
   * For a start: goes on where lb was before it was restarted. What nobody would ever change again is left out: the
   * verdict of a check, or an ejection, that the configuration has no longer. Told to nobody, because nothing changes.
   */
  restore({ observed, ejected, ordered }: KnownFacts): void {
    const { backend } = this;
    if (observed !== null && this.probed) {
      this.observed = observed;
      backend.healthy = observed.value;
    }
    if (ordered !== null) {
      this.ordered = ordered;
      backend.ordered = ordered.value;
    }
    if (ejected !== null && this.breaker !== null) {
      const { value, why, sinceMs } = ejected;
      this.circuit = { value, why, sinceMs };
      backend.ejected = true;
      this.breaker.resume(ejected);
    }
    this.#stateSinceMs = this.#deciding().sinceMs;
    this.#options.refresh();
  }

  #write(change: () => void): void {
    const { healthy, ejected, ordered } = this.backend;
    const { resolved } = this;
    const before = this.state;
    change();
    const { backend } = this;
    const isSame =
      resolved === this.resolved &&
      healthy === backend.healthy &&
      ejected === backend.ejected &&
      ordered === backend.ordered;
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
        return this.resolved.value ? this.observed : this.resolved;
      case 'ejected':
      case 'half_open':
        return this.circuit;
      case 'up':
        return [this.ordered, this.observed, this.circuit, this.resolved].reduce((last, fact) =>
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

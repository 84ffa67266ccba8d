import { Backend } from '../../../src/backend/backend.ts';
import { parseAddress } from '../../../src/foundation/address.ts';
import { BackendHealth } from '../../../src/health/backend-health.ts';
import type { PassiveConfig } from '../../../src/health/circuit.ts';
import type { KnownFacts } from '../../../src/health/facts.ts';
import { PoolCircuits } from '../../../src/health/pool-circuits.ts';
import type { Overlay } from '../../../src/overlay/overlay.ts';
import type { StateLog, StateOwner } from '../../../src/state/state-options.ts';
import { TestTime } from '../health/make-health.ts';

export const PASSIVE: PassiveConfig = {
  consecutiveFailures: 3,
  ejectionMs: 5000,
  maxEjectionMs: 60_000,
  minHealthy: 1,
  count5xx: false,
  countSlowerThanMs: 0,
};

/** Noon of some day: the wall clock when the monotonic one is at 0. */
export const NOON = Date.parse('2026-11-22T12:00:00.000Z');

/** Three backends of one pool, `a`, `b` and `c`, checked and judged like those of a running lb. */
export class TestOwner implements StateOwner {
  readonly time = new TestTime();
  readonly backends: readonly BackendHealth[];
  overlay: Overlay = [];
  /** Told by the backends. */
  readonly changes: string[] = [];

  constructor(ports: readonly number[] = [1, 2, 3]) {
    this.backends = ports.map((port, at) => this.#make('abc'.charAt(at), port));
    const { clock, wheel } = this.time;
    new PoolCircuits(this.backends, { config: PASSIVE, clock, wheel, onSpared: () => undefined });
  }

  readonly wallClock = () => NOON + this.time.clock.now();

  restore(known: (health: BackendHealth) => KnownFacts | null): void {
    for (const each of this.backends) {
      const facts = known(each);
      if (facts !== null) each.restore(facts);
    }
  }

  get(name: string): BackendHealth {
    return this.backends.find((each) => each.name === name)!; // of one of the three
  }

  get states(): readonly string[] {
    return this.backends.map(({ state }) => state);
  }

  #make(name: string, port: number): BackendHealth {
    const address = parseAddress(`127.0.0.1:${port}`)!; // is one
    const health = new BackendHealth(new Backend(name, 'app', address, 0), {
      refresh: () => undefined,
      onProbe: () => undefined,
      onChange: ({ backend, to }) => this.changes.push(`${backend} ${to}`),
      wallClock: this.wallClock,
    });
    health.probed = true;
    return health;
  }
}

/** Fails as often in a row as ejects. */
export function eject({ backend }: BackendHealth): void {
  for (let time = 0; time < PASSIVE.consecutiveFailures; time++) {
    backend.watcher?.onFailure('connect_refused');
  }
}

/** Keeps what it is told. */
export class TestLog implements StateLog {
  readonly lines: { readonly level: string; readonly facts: object; readonly text: string }[] = [];

  error(facts: object, text: string): void {
    this.lines.push({ level: 'error', facts, text });
  }

  warn(facts: object, text: string): void {
    this.lines.push({ level: 'warn', facts, text });
  }

  info(facts: object, text: string): void {
    this.lines.push({ level: 'info', facts, text });
  }

  /** The lines at or above warnings. */
  get complaints(): readonly string[] {
    return this.lines.filter(({ level }) => level !== 'info').map(({ text }) => text);
  }
}

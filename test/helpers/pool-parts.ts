import { Backend, type BackendOptions } from '../../src/backend/backend.ts';
import { roundRobin } from '../../src/balancing/round-robin.ts';
import { TimerWheel } from '../../src/foundation/timer-wheel.ts';
import type { PickerBuilder } from '../../src/pool/balancer.ts';
import { Pool, type PoolOptions } from '../../src/pool/pool.ts';
import type { Waiter, WaitReason } from '../../src/pool/wait-queue.ts';
import { ManualClock } from './manual-clock.ts';

export function makeBackend(name: string, options: Partial<BackendOptions> = {}): Backend {
  const address = { kind: 'tcp', host: '127.0.0.1', port: 1 } as const;
  const all = { weight: 1, maxConnections: 0, backup: false, ...options };
  return new Backend(name, 'app', address, 0, all);
}

const context = { random: Math.random, now: () => 0 };
const plain: PickerBuilder = {
  id: 'round_robin',
  key: null,
  faults: { count: 0 },
  build: (eligible, previous) => roundRobin.build(eligible, {}, { ...context, previous }),
};

const options: PoolOptions = {
  retries: { attempts: 2, budgetPercent: 20, bufferBytes: 65_536, timeoutMs: 30_000 },
  timeouts: { connectMs: 1, responseHeaderMs: 1, responseStallMs: 1 },
  connectionPool: { idleMs: 1 },
  whenAllDown: 'fail_fast',
  queue: { maxWaiting: 1000, timeoutMs: 5000 },
  slowStartMs: 0,
};

/** A pool whose time passes, and whose waiters are told, when the test says so. */
export class TestPool {
  readonly clock = new ManualClock();
  readonly wheel = new TimerWheel(this.clock);
  readonly pool: Pool;
  readonly #deferred: (() => void)[] = [];

  constructor(
    backends: readonly Backend[],
    changed: Partial<PoolOptions> = {},
    algorithm: PickerBuilder = plain,
  ) {
    const { clock, wheel } = this;
    const defer = (task: () => void) => this.#deferred.push(task);
    this.pool = new Pool(
      'app',
      backends,
      { ...options, ...changed },
      { clock, wheel, defer },
      algorithm,
    );
  }

  /** The present event is over: what was put off happens. */
  settle(): void {
    for (const task of this.#deferred.splice(0)) task();
  }

  pass(ms: number): void {
    this.clock.pass(ms);
    this.wheel.advance();
    this.settle();
  }

  /** Picks and begins. */
  take(key = 0): Backend | null {
    const backend = this.pool.balancer.pick(key);
    if (backend !== null) this.pool.begin(backend);
    return backend;
  }
}

/** Waits for any of the eligible backends, or for some; takes the one it gets. */
export class TestWaiter implements Waiter {
  readonly told: (Backend | WaitReason)[] = [];
  readonly #pool: Pool;
  readonly #only: readonly Backend[] | null;

  constructor(pool: Pool, only: readonly Backend[] | null = null) {
    this.#pool = pool;
    this.#only = only;
  }

  accepts(backend: Backend): boolean {
    return backend.slot >= 0 && (this.#only === null || this.#only.includes(backend));
  }

  onTurn(backend: Backend): void {
    this.told.push(backend);
    this.#pool.begin(backend);
  }

  onGivenUp(reason: WaitReason): void {
    this.told.push(reason);
  }
}

import type { Backend } from '../backend/backend.ts';
import type { Picker } from '../balancing/algorithm.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import { Balancer, type PickerBuilder } from './balancer.ts';
import { EligibleSet, eligibleOf, type WhenAllDown } from './eligible.ts';
import { Retries } from './retries.ts';
import { SlowStart } from './slow-start.ts';
import { type QueueOptions, type QueuePlace, type Waiter, WaitQueue } from './wait-queue.ts';

export interface PoolOptions {
  readonly retries: {
    /** Further attempts after the first. */
    readonly attempts: number;
    /** How many of the exchanges in flight may be retries that make backends work twice. */
    readonly budgetPercent: number;
    /** How much of a request body is kept to be sent again; 0: none. */
    readonly bufferBytes: number;
    /** No retry begins later than this after its exchange. */
    readonly timeoutMs: number;
  };
  readonly timeouts: {
    readonly connectMs: number;
    readonly responseHeaderMs: number;
    readonly responseStallMs: number;
  };
  /** How long a kept-alive connection may wait for its next exchange. */
  readonly connectionPool: { readonly idleMs: number };
  readonly whenAllDown: WhenAllDown;
  /** For exchanges and sessions that come when every backend is full. */
  readonly queue: QueueOptions;
  /** How long a backend that has come back takes to reach its whole weight; 0: no time. */
  readonly slowStartMs: number;
}

/** What a pool needs of its process. */
export interface PoolServices {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Calls back as soon as whatever runs now has returned: `process.nextTick`. */
  readonly defer: (task: () => void) => void;
}

/**
 * Backends of one pool: who of them may take new traffic, who is next, how many exchanges each has, who waits.
 *
 * Whoever changes a fact of a backend (`healthy`, `ejected`, `ordered`, `configuredWeight`, `maxConnections`, `backup`)
 * calls `refresh` afterwards, once for all that changed together. It costs one look at every backend, and new pickers
 * if the eligible backends or their weights are not the same as before.
 *
 * Protocol code asks a `Balancer` (the pool's own or a route's) for a backend and says `begin`, and later `end`, for each
 * attempt; the counts are what limits and load-aware algorithms go by. When it gets null although `hasEligible`, every
 * backend is full, and it may wait for its turn.
 *
 * An exchange that is bound to one backend takes it, eligible or not, while `Backend.keepsClients` and `isFree(backend)`;
 * if it is not free, the exchange waits for it (`Waiter.accepts` is asked about backends that are draining, too).
 */
export class Pool {
  readonly name: string;
  readonly balancer: Balancer;
  /** Those who wait; for its size, and `retryAfterSeconds`. */
  readonly queue: WaitQueue;
  readonly retries = new Retries();
  /** The same object for as long as the pool lives, so that whoever holds it sees changes; only `configure` writes it. */
  readonly options: PoolOptions;
  #backends: readonly Backend[];
  readonly #eligible = new EligibleSet();
  #balancers: Balancer[];
  readonly #services: PoolServices;
  readonly #slowStart: SlowStart;
  #weights: readonly number[] = [];
  /** Pickers that hear of every change of load; nearly always none. */
  #loadPickers: readonly Picker[] = [];
  /** Somebody hears of loads: limits, or pickers. */
  #watched = false;
  /** Backends whose room is promised to those who wait. */
  #freed: Backend[] = [];

  constructor(
    name: string,
    backends: readonly Backend[],
    options: PoolOptions,
    services: PoolServices,
    algorithm: PickerBuilder,
  ) {
    this.name = name;
    this.options = { ...options };
    this.#backends = backends;
    this.#services = services;
    this.#slowStart = new SlowStart(this, services.clock, services.wheel);
    this.queue = new WaitQueue(services.clock, services.wheel);
    this.balancer = new Balancer(this.#eligible, algorithm);
    this.#balancers = [this.balancer];
    this.refresh();
  }

  /** In configuration order. */
  get backends(): readonly Backend[] {
    return this.#backends;
  }

  /** Who may be given new traffic now, in configuration order. */
  get eligible(): readonly Backend[] {
    return this.#eligible.backends;
  }

  get hasEligible(): boolean {
    return this.#eligible.backends.length > 0;
  }

  /** Faults of custom algorithms, the routes' own included. */
  get algorithmFaults(): number {
    return this.#balancers.reduce((sum, { algorithm }) => sum + algorithm.faults.count, 0);
  }

  /** Puts an algorithm to work on the same backends; one that is at work already is shared. */
  balancerFor(algorithm: PickerBuilder): Balancer {
    const known = this.#balancers.find((balancer) => balancer.algorithm.id === algorithm.id);
    if (known !== undefined) return known;
    const balancer = new Balancer(this.#eligible, algorithm);
    this.#balancers.push(balancer);
    this.#watch();
    return balancer;
  }

  /** Takes over other options; `replaceBackends` follows. @param algorithm null: as before. */
  configure(options: PoolOptions, algorithm: PickerBuilder | null): void {
    Object.assign(this.options, options);
    if (algorithm !== null) this.balancer.use(algorithm);
  }

  /** No route leads here any more. Those who are here already are served to the end, those who wait included. */
  retire(): void {
    for (const backend of this.#backends) backend.retire();
  }

  /** Lets go of routes' balancers that no route has any more. The pool's own stays. */
  retainBalancers(used: ReadonlySet<Balancer>): void {
    this.#balancers = this.#balancers.filter(
      (balancer) => balancer === this.balancer || used.has(balancer),
    );
    this.#watch();
  }

  /**
   * Adds and removes backends, and looks anew at the facts of those that stay: they keep everything else. A new one warms
   * up; a removed one gets nothing more, finishes what it has, and keeps no idle connection.
   *
   * @returns the removed ones.
   */
  replaceBackends(backends: readonly Backend[]): readonly Backend[] {
    const before = new Set(this.#backends);
    for (const backend of backends) if (!before.delete(backend)) this.#slowStart.add(backend);
    for (const removed of before) {
      removed.ordered = 'maintenance';
      removed.retire();
      this.#slowStart.remove(removed);
    }
    this.#backends = backends;
    this.refresh();
    return [...before];
  }

  /** Finds out anew who is eligible. See above. */
  refresh(): void {
    const { slowStartMs, whenAllDown } = this.options;
    this.#slowStart.update(this.#backends, slowStartMs);
    const eligible = eligibleOf(this.#backends, whenAllDown);
    const weights = eligible.map(({ weight }) => weight);
    if (!isSame(eligible, this.eligible) || !isSame(weights, this.#weights)) {
      for (const backend of this.eligible) backend.slot = -1;
      for (const [slot, backend] of eligible.entries()) backend.slot = slot;
      this.#eligible.backends = eligible;
      this.#weights = weights;
      for (const balancer of this.#balancers) balancer.rebuild();
    }
    this.#countRoom();
    this.#watch();
    if (this.queue.size > 0) this.#promise(this.#backends);
  }

  #countRoom(): void {
    const eligible = this.#eligible;
    eligible.limited = this.#backends.some(({ maxConnections }) => maxConnections > 0);
    eligible.roomy = eligible.backends.filter(({ hasRoom }) => hasRoom).length;
  }

  /** Finds out anew who has to hear of loads. */
  #watch(): void {
    const pickers = this.#balancers.map(({ picker }) => picker);
    this.#loadPickers = pickers.filter((picker) => picker?.loadChanged !== undefined) as Picker[]; // null has none
    this.#watched = this.#eligible.limited || this.#loadPickers.length > 0;
  }

  /** An attempt begins: it counts until `end`. */
  begin(backend: Backend): void {
    backend.active++;
    if (!this.#watched) return;
    if (backend.active === backend.maxConnections && backend.slot >= 0) this.#eligible.roomy--;
    this.#tellLoad(backend);
  }

  end(backend: Backend): void {
    backend.active--;
    if (!this.#watched) return;
    if (backend.active === backend.maxConnections - 1) {
      if (backend.slot >= 0) this.#eligible.roomy++;
      if (this.queue.size > 0) this.#promise([backend]);
    }
    this.#tellLoad(backend);
  }

  #tellLoad({ slot }: Backend): void {
    if (slot < 0) return;
    for (const picker of this.#loadPickers) picker.loadChanged?.(slot);
  }

  /** Whether an exchange that is bound to this backend can go there at once. */
  isFree(backend: Backend): boolean {
    return backend.hasRoom && !this.#eligible.promised;
  }

  /** Waits for room in the order of arrival. @returns null when too many do already. */
  wait(waiter: Waiter): QueuePlace | null {
    // Kept from room that is promised to others, it may be kept from room that nobody else wants.
    if (this.#eligible.promised) this.#promise(this.#backends);
    return this.queue.join(waiter, this.options.queue);
  }

  /**
   * Room, or a change of who is eligible, is for those who wait. They are told when the present event is over: bytes of
   * the exchange that made the room may still be in the process-wide writer.
   */
  #promise(backends: readonly Backend[]): void {
    for (const backend of backends) this.#freed.push(backend);
    if (this.#eligible.promised) return;
    this.#eligible.promised = true;
    this.#services.defer(this.#handOver);
  }

  /** Gives each room to one who waits, turn by turn over the backends, until there is no room or nobody for it. */
  readonly #handOver = (): void => {
    this.queue.dismiss(this.#backends);
    for (let served = true; served; ) {
      served = false;
      // Grows when somebody who is served gives up at once.
      for (const backend of this.#freed) {
        if (backend.hasRoom && this.queue.serve(backend)) served = true;
      }
    }
    this.#freed = [];
    this.#eligible.promised = false;
  };
}

function isSame<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

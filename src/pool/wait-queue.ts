import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Reason } from '../foundation/reason.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import { DrainRate } from './drain-rate.ts';

/** Why somebody who waited got no backend. */
export type WaitReason = Extract<Reason, 'queue_timeout' | 'no_backend'>;

/** An exchange or session for which no backend had room. It is told exactly one of the two, unless it leaves before. */
export interface Waiter {
  /** Whether this backend, which has room, will do. */
  accepts(backend: Backend): boolean;
  /** Its turn has come. It takes the room at once: `Pool.begin`. */
  onTurn(backend: Backend): void;
  onGivenUp(reason: WaitReason): void;
}

export interface QueueOptions {
  readonly maxWaiting: number;
  readonly timeoutMs: number;
}

/** Those who wait for room in a pool, first come, first served, each for a limited time. */
export class WaitQueue {
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #rate = new DrainRate();
  #first: QueuePlace | null = null;
  #last: QueuePlace | null = null;
  #size = 0;

  constructor(clock: Clock, wheel: TimerWheel) {
    this.#clock = clock;
    this.#wheel = wheel;
  }

  get size(): number {
    return this.#size;
  }

  /** @returns null when the queue is full. */
  join(waiter: Waiter, options: QueueOptions): QueuePlace | null {
    if (this.#size >= options.maxWaiting) return null;
    const nowMs = this.#clock.now();
    if (this.#size === 0) this.#rate.start(nowMs);
    const place = new QueuePlace(this, waiter, nowMs);
    place.previous = this.#last;
    if (this.#last === null) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    this.#size++;
    this.#wheel.schedule(place.timer, options.timeoutMs, nowMs);
    return place;
  }

  /** Gives the room a backend has to the first who accepts it. @returns whether somebody did. */
  serve(backend: Backend): boolean {
    for (let place = this.#first; place !== null; place = place.next) {
      if (!place.waiter.accepts(backend)) continue;
      this.#rate.count(this.#clock.now());
      place.leave();
      place.waiter.onTurn(backend);
      return true;
    }
    return false;
  }

  /** Gives up for all whom none of these backends will do, with room or without. */
  dismiss(backends: readonly Backend[]): void {
    const hopeless: QueuePlace[] = [];
    for (let place = this.#first; place !== null; place = place.next) {
      const { waiter } = place;
      if (!backends.some((backend) => waiter.accepts(backend))) hopeless.push(place);
    }
    // Whoever is told may make another one leave.
    for (const place of hopeless) {
      if (place.left) continue;
      place.leave();
      place.waiter.onGivenUp('no_backend');
    }
  }

  /** When somebody who is refused now might fare better: whole seconds, from how fast the queue moves. */
  retryAfterSeconds(): number {
    return this.#rate.secondsFor(this.#size, this.#clock.now());
  }

  /** For places: takes one out. @returns how long it stood there, milliseconds. */
  unlink(place: QueuePlace): number {
    if (place.previous === null) this.#first = place.next;
    else place.previous.next = place.next;
    if (place.next === null) this.#last = place.previous;
    else place.next.previous = place.previous;
    this.#size--;
    this.#wheel.cancel(place.timer);
    return this.#clock.now() - place.joinedMs;
  }
}

/** Where one waiter stands in a queue. */
export class QueuePlace implements Expirable {
  readonly waiter: Waiter;
  readonly timer: WheelTimer;
  /** Monotonic clock, milliseconds. */
  readonly joinedMs: number;
  readonly #queue: WaitQueue;
  /** Nothing will be told any more. */
  left = false;
  /** How long it lasted, once left. */
  waitedMs = 0;
  previous: QueuePlace | null = null;
  next: QueuePlace | null = null;

  constructor(queue: WaitQueue, waiter: Waiter, joinedMs: number) {
    this.waiter = waiter;
    this.timer = new WheelTimer(this);
    this.joinedMs = joinedMs;
    this.#queue = queue;
  }

  /** Stops waiting; does nothing the second time. @returns how long that was, milliseconds. */
  leave(): number {
    if (this.left) return this.waitedMs;
    this.left = true;
    this.waitedMs = this.#queue.unlink(this);
    return this.waitedMs;
  }

  onDeadline(): void {
    this.leave();
    this.waiter.onGivenUp('queue_timeout');
  }
}

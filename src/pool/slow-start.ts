import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../foundation/clock.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';

/** Each step builds new pickers, so there are few. */
const STEPS = 10;

/** Told when a step has changed a weight. */
export interface SlowStartOwner {
  refresh(): void;
}

/** Raises the weight of backends that have come back, or are new, from a tenth to the whole over a window. */
export class SlowStart implements Expirable {
  readonly #owner: SlowStartOwner;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #timer = new WheelTimer(this);
  /** Backends that took no traffic when last looked at. */
  readonly #away = new Set<Backend>();
  /** When each backend that is warming up began to. */
  readonly #beganMs = new Map<Backend, number>();

  constructor(owner: SlowStartOwner, clock: Clock, wheel: TimerWheel) {
    this.#owner = owner;
    this.#clock = clock;
    this.#wheel = wheel;
  }

  /** A backend that has just been added warms up as if it had been away. */
  add(backend: Backend): void {
    this.#away.add(backend);
  }

  /** A backend that has been removed. */
  remove(backend: Backend): void {
    this.#away.delete(backend);
    this.#beganMs.delete(backend);
  }

  /** Notes who has gone and come back since the last time, and sets `rampShare` of all. @param windowMs 0: none. */
  update(backends: readonly Backend[], windowMs: number): void {
    const nowMs = this.#clock.now();
    for (const backend of backends) {
      if (!backend.keepsClients || backend.ordered !== 'ready') {
        this.#away.add(backend);
        this.#beganMs.delete(backend);
      } else if (this.#away.delete(backend)) {
        this.#beganMs.set(backend, nowMs);
      }
      backend.rampShare = this.#shareOf(backend, windowMs, nowMs);
    }
    if (this.#beganMs.size > 0) this.#wheel.schedule(this.#timer, windowMs / STEPS, nowMs);
    else this.#wheel.cancel(this.#timer);
  }

  /** @returns 0.1 at first, 1 when the window is over. */
  #shareOf(backend: Backend, windowMs: number, nowMs: number): number {
    const beganMs = this.#beganMs.get(backend);
    if (beganMs === undefined) return 1;
    const steps = windowMs === 0 ? STEPS : Math.floor(((nowMs - beganMs) / windowMs) * STEPS);
    if (steps >= STEPS) this.#beganMs.delete(backend);
    return Math.min(STEPS, Math.max(1, steps)) / STEPS;
  }

  onDeadline(): void {
    this.#owner.refresh();
  }
}

import type { Backend } from '../backend/backend.ts';
import { LbError } from '../foundation/lb-error.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';

/** So many may wait; each is a connection of the admin server, which has to have some left. */
const MAX_WAITS = 16;

/** How often each looks: a tick of the wheel. */
const LOOK_EVERY_MS = 100;

/** One who waits until nothing is in flight at a backend. */
class IdleWait implements Expirable {
  readonly #backend: Backend;
  readonly #wheel: TimerWheel;
  readonly #timer = new WheelTimer(this);
  readonly #onOver: () => void;
  #leftMs: number;

  constructor(backend: Backend, waitMs: number, wheel: TimerWheel, onOver: () => void) {
    this.#backend = backend;
    this.#wheel = wheel;
    this.#leftMs = waitMs;
    this.#onOver = onOver;
    this.onDeadline();
  }

  onDeadline(): void {
    const { active, ordered } = this.#backend;
    if (active === 0 || ordered === 'ready' || this.#leftMs <= 0) {
      this.#onOver();
      return;
    }
    this.#wheel.schedule(this.#timer, LOOK_EVERY_MS);
    this.#leftMs -= LOOK_EVERY_MS;
  }

  stop(): void {
    this.#wheel.cancel(this.#timer);
  }
}

/** Those who wait until nothing is in flight at some backend. */
export class IdleWaits {
  readonly #wheel: TimerWheel;
  #count = 0;

  constructor(wheel: TimerWheel) {
    this.#wheel = wheel;
  }

  /**
   * Resolves when nothing is in flight, when the backend is ready for traffic again, after `waitMs`, or when `signal`
   * aborts.
   *
   * @throws LbError BUSY
   */
  async wait(backend: Backend, waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#count >= MAX_WAITS) {
      throw new LbError('BUSY', `Cannot wait: ${MAX_WAITS} wait already; ask again later`);
    }
    this.#count++;
    try {
      await new Promise<void>((resolve) => {
        const wait = new IdleWait(backend, waitMs, this.#wheel, resolve);
        signal.addEventListener('abort', () => {
          wait.stop();
          resolve();
        });
      });
    } finally {
      this.#count--;
    }
  }
}

import type { Clock } from './clock.ts';

/** What a deadline belongs to. */
export interface Expirable {
  /**
   * Told once when the deadline of one of its timers has passed; that timer is idle again by then. May schedule and
   * cancel any timer, this one included. Must not throw: the deadlines behind it would be held up.
   */
  onDeadline(timer: WheelTimer): void;
}

/**
 * One deadline of one owner, idle or waiting in one wheel. Made once per connection and purpose and used again for
 * every exchange; its fields belong to the wheel. Being a link of the wheel's list itself, it costs no allocation to set.
 */
export class WheelTimer {
  readonly owner: Expirable;
  /** Infinity (a double, as every later value) while idle. */
  deadlineMs = Infinity;
  /** Deadlines later than this are in time where the timer waits now; Infinity while idle, so none is. */
  slotStartMs = Infinity;
  next: WheelTimer = this;
  previous: WheelTimer = this;

  constructor(owner: Expirable) {
    this.owner = owner;
  }
}

/** Heads of the slots' rings are timers that never wait, so linking knows no special case. */
const nobody: Expirable = { onDeadline: () => undefined };

/**
 * All coarse deadlines of a process on one system timer. A deadline never passes early, and at most one tick late
 * plus whatever keeps the event loop from running (and the millisecond that Node rounds its own timers to). Deadlines
 * that pass together are told in no particular order.
 *
 * ```
 *   slot      0      1      2      3  …  1023        tick t waits in slot t mod 1024
 *             o      o      o      o       o
 *                    |             |                 slot of tick t: deadlines in (start + (t - 1) × tick,
 *                    A             B                                               start +  t      × tick]
 *                    |
 *                    C
 * ```
 * Hot: nearly every deadline is moved later, or dropped, long before it passes. Moving it later stores one number and
 * leaves the timer in its slot; when the slot's turn comes, the timer is put where it belongs by then. The same step
 * serves delays longer than a lap (102 s by default): such a timer waits in the farthest slot and is put back once a
 * lap, 35 times for an hour, which is cheaper than the second level of wheels that would avoid it.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #startMs: number;
  readonly #slots: readonly WheelTimer[];
  /** Ticks since the start whose deadlines were told; while telling, the one being told. */
  #tick = 0;
  #size = 0;
  #timeout: NodeJS.Timeout | null = null;

  /** @param slotCount at least 2; deadlines within `slotCount × tickMs` are put into their slot at once. */
  constructor(clock: Clock, tickMs = 100, slotCount = 1024) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#startMs = clock.now();
    this.#slots = Array.from({ length: slotCount }, () => new WheelTimer(nobody));
  }

  /** Timers waiting; 0 once every deadline has passed or been cancelled. */
  get size(): number {
    return this.#size;
  }

  /**
   * Sets the deadline of an idle timer, or moves that of a waiting one.
   *
   * @param nowMs a reading of the wheel's clock, for callers that took one for the same event.
   */
  schedule(timer: WheelTimer, delayMs: number, nowMs: number = this.#clock.now()): void {
    const deadlineMs = nowMs + delayMs;
    timer.deadlineMs = deadlineMs;
    if (deadlineMs > timer.slotStartMs) return;
    if (timer.slotStartMs !== Infinity) this.#unlink(timer);
    this.#link(timer);
  }

  /**
   * Forgets the deadline; an idle timer stays idle. The wheel lets go of the owner at once: a slot may be a lap
   * away, and by then thousands of closed connections would hang in it.
   */
  cancel(timer: WheelTimer): void {
    if (timer.slotStartMs === Infinity) return;
    this.#unlink(timer);
    timer.slotStartMs = Infinity;
    timer.deadlineMs = Infinity;
  }

  /** Tells every deadline that passed up to the last tick, after a stall that of many ticks. Not to be called by `onDeadline`. */
  advance(): void {
    const nowMs = this.#clock.now();
    const last = this.#ticksAt(nowMs);
    while (this.#tick < last) {
      this.#tick++;
      const slot = this.#slotOf(this.#tick);
      // Ends: what is linked meanwhile goes to other slots, see #link.
      for (let timer = slot.next; timer !== slot; timer = slot.next) {
        this.#unlink(timer);
        if (timer.deadlineMs > nowMs) {
          this.#link(timer);
        } else {
          timer.slotStartMs = Infinity;
          timer.deadlineMs = Infinity;
          timer.owner.onDeadline(timer);
        }
      }
    }
  }

  /** Advances by itself from now on, without keeping the process alive. */
  start(): void {
    if (this.#timeout === null) this.#aim();
  }

  stop(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    this.#timeout = null;
  }

  // Aimed at each tick anew: an interval would drift against the ticks and add up to one of its own periods.
  #aim(): void {
    const nowMs = this.#clock.now();
    const nextMs = this.#startMs + (this.#ticksAt(nowMs) + 1) * this.#tickMs;
    this.#timeout = setTimeout(this.#onTimeout, Math.ceil(nextMs - nowMs)).unref();
  }

  // Aims first, so that an owner may stop the wheel.
  readonly #onTimeout = (): void => {
    this.#aim();
    this.advance();
  };

  #ticksAt(ms: number): number {
    return Math.floor((ms - this.#startMs) / this.#tickMs);
  }

  #slotOf(tick: number): WheelTimer {
    return this.#slots[tick % this.#slots.length] as WheelTimer; // tick >= 0, so the index is in range
  }

  /** Never into the slot of the current tick: that one is being told, or its next turn is a lap away. */
  #link(timer: WheelTimer): void {
    const due = Math.ceil((timer.deadlineMs - this.#startMs) / this.#tickMs);
    const farthest = this.#tick + this.#slots.length - 1;
    const tick = Math.min(Math.max(due, this.#tick + 1), farthest);
    const slot = this.#slotOf(tick);
    timer.slotStartMs = this.#startMs + (tick - 1) * this.#tickMs;
    timer.next = slot;
    timer.previous = slot.previous;
    slot.previous.next = timer;
    slot.previous = timer;
    this.#size++;
  }

  #unlink(timer: WheelTimer): void {
    timer.previous.next = timer.next;
    timer.next.previous = timer.previous;
    timer.next = timer;
    timer.previous = timer;
    this.#size--;
  }
}

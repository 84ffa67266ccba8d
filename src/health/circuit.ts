import type { TrafficWatcher } from '../backend/traffic-watcher.ts';
import type { Clock } from '../foundation/clock.ts';
import { type Reason, reasons } from '../foundation/reason.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { BackendHealth } from './backend-health.ts';
import type { Breaker, Ejection } from './facts.ts';

export interface PassiveConfig {
  /** Failures in a row that eject. */
  readonly consecutiveFailures: number;
  /** First ejection; each further one is twice as long, up to `maxEjectionMs`. */
  readonly ejectionMs: number;
  readonly maxEjectionMs: number;
  /** Ejections leave at least this many backends that take traffic. */
  readonly minHealthy: number;
  /** Responses with a status of 500 or more are failures. */
  readonly count5xx: boolean;
  /** Responses whose head takes longer are failures; 0: none. */
  readonly countSlowerThanMs: number;
}

/** Decides for all circuits of a pool what one alone cannot know. */
export interface CircuitGroup {
  /** A circuit has failed often enough. @returns whether it is to open. */
  allowsEjection(circuit: Circuit, nowMs: number): boolean;
}

/**
 * Passive health of one backend, as a circuit breaker over its real traffic.
 *
 * ```
 *          failures in a row          ejection time              one exchange
 *   CLOSED ─────────────────► OPEN ──────────────────► HALF OPEN ────────────► TRIAL
 *     ▲                        ▲                                                │ │
 *     │                        └──── failure, or no outcome: twice as long ─────┘ │
 *     └────────────────────────────────── success ────────────────────────────────┘
 * ```
 * A trial without an outcome (the client left, the backend hangs) counts as failed after `ejectionMs`; should it be
 * answered after all, the circuit closes. Each ejection time spent in health halves the next one again.
 */
export class Circuit implements TrafficWatcher, Breaker, Expirable {
  readonly health: BackendHealth;
  /** In a row, since the last success. */
  failures = 0;
  /** Monotonic clock; -Infinity when there was none since the last success. */
  lastFailureMs = -Infinity;
  /** When it was opened last; monotonic clock. */
  openedMs = -Infinity;
  #config: PassiveConfig;
  readonly #group: CircuitGroup;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  /** Of the end of the ejection, or of the trial. */
  readonly #timer = new WheelTimer(this);
  /** Ejections without as much health between them; the next one lasts `ejectionMs` times 2 to this power. */
  #level = 0;
  #closedMs = 0;
  /** The one exchange has begun and nothing has been heard of it. */
  #trial = false;

  constructor(
    health: BackendHealth,
    config: PassiveConfig,
    group: CircuitGroup,
    clock: Clock,
    wheel: TimerWheel,
  ) {
    this.health = health;
    this.#config = config;
    this.#group = group;
    this.#clock = clock;
    this.#wheel = wheel;
    this.#closedMs = clock.now();
    health.backend.watcher = this;
    health.breaker = this;
    this.#watch();
  }

  get ejection(): Ejection | null {
    const { value } = this.health.circuit;
    if (value === 'closed') return null;
    // Half open, the ejection is over and its trial is not.
    const leftMs = value === 'open' ? this.#timer.deadlineMs - this.#clock.now() : 0;
    return { remainingMs: Math.max(0, leftMs), level: this.#level };
  }

  resume({ remainingMs, level }: Ejection): void {
    const { maxEjectionMs } = this.#config;
    const nowMs = this.#clock.now();
    this.openedMs = nowMs;
    this.#level = level;
    this.#wheel.schedule(this.#timer, Math.min(remainingMs, maxEjectionMs), nowMs);
    this.#watch();
  }

  onAttempt(): void {
    if (this.health.circuit.value !== 'half_open' || this.#trial) return;
    this.#trial = true;
    this.#wheel.schedule(this.#timer, this.#config.ejectionMs);
    this.health.judge('half_open', this.health.circuit.why);
  }

  onAnswer(status: number, ms: number): void {
    const { count5xx, countSlowerThanMs } = this.#config;
    if (count5xx && status >= 500) this.#fail(`status ${status}`);
    else if (countSlowerThanMs > 0 && ms > countSlowerThanMs) {
      this.#fail(`the response took ${Math.round(ms)} ms`);
    } else this.#succeed();
  }

  onFailure(reason: Reason): void {
    this.#fail(reasons[reason].text);
  }

  #fail(why: string): void {
    const nowMs = this.#clock.now();
    const { value } = this.health.circuit;
    // Ejected: this attempt began before. Half open: only the trial decides.
    if (value === 'open' || (value === 'half_open' && !this.#trial)) return;
    this.failures++;
    this.lastFailureMs = nowMs;
    this.#watch();
    if (value === 'half_open') this.#open(`the trial failed: ${why}`, nowMs);
    else if (this.failures >= this.#config.consecutiveFailures) {
      const times = this.failures === 1 ? '' : `${this.failures} failures in a row, the last: `;
      if (this.#group.allowsEjection(this, nowMs)) this.#open(times + why, nowMs);
    }
  }

  #succeed(): void {
    const { value } = this.health.circuit;
    if (value !== 'closed' && !this.#trial) return;
    this.failures = 0;
    this.lastFailureMs = -Infinity;
    if (value === 'closed') this.#watch();
    else this.close('the trial succeeded');
  }

  #open(why: string, nowMs: number): void {
    this.#decay(nowMs);
    const lastsMs = this.#lastsMs(this.#level);
    if (lastsMs < this.#config.maxEjectionMs) this.#level++;
    this.#trial = false;
    this.openedMs = nowMs;
    this.#wheel.schedule(this.#timer, lastsMs, nowMs);
    this.health.judge('open', why);
    this.#watch();
  }

  /** The level goes down once for each ejection time that has passed in health. */
  #decay(nowMs: number): void {
    if (this.health.circuit.value !== 'closed') return;
    let healthyMs = nowMs - this.#closedMs;
    while (this.#level > 0 && healthyMs >= this.#lastsMs(this.#level - 1)) {
      healthyMs -= this.#lastsMs(this.#level - 1);
      this.#level--;
    }
  }

  #lastsMs(level: number): number {
    return Math.min(this.#config.ejectionMs * 2 ** level, this.#config.maxEjectionMs);
  }

  /** Takes the backend back, though what has failed just now stays known. */
  close(why: string): void {
    this.#wheel.cancel(this.#timer);
    this.#trial = false;
    this.#closedMs = this.#clock.now();
    this.failures = 0;
    this.health.judge('closed', why);
    this.#watch();
  }

  onDeadline(): void {
    if (this.health.circuit.value === 'open') {
      this.#trial = false;
      this.health.judge('half_open', 'the ejection is over', true);
      return;
    }
    this.#open('the trial had no outcome in time', this.#clock.now());
    this.#trial = true; // its answer may still come
  }

  stop(): void {
    this.#wheel.cancel(this.#timer);
  }

  /** What has been counted so far, and an ejection under way, stay as they are. */
  configure(config: PassiveConfig): void {
    this.#config = config;
    this.#watch();
  }

  /** Hears nothing more of its backend. */
  retire(): void {
    this.stop();
    const { health } = this;
    health.breaker = null;
    health.backend.watcher = null;
    health.backend.watched = false;
  }

  /** Answers are of interest while one of them would change something. */
  #watch(): void {
    const { count5xx, countSlowerThanMs } = this.#config;
    const always = count5xx || countSlowerThanMs > 0;
    this.health.backend.watched =
      always || this.failures > 0 || this.health.circuit.value !== 'closed';
  }
}

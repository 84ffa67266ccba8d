import type { Clock } from '../foundation/clock.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { BackendHealth } from './backend-health.ts';
import {
  type CheckTiming,
  failed,
  type Probe,
  type ProbeOwner,
  type ProbeResult,
} from './check.ts';
import type { ProbeSlots, SlotUser } from './probe-slots.ts';
import { Verdict } from './verdict.ts';

/** How soon a name that has not resolved is looked at again. */
const UNRESOLVED_MS = 1000;
/** Between two probes while the verdict is about to change, however long the interval. */
const CHANGING_INTERVAL_MS = 1000;
/** Share of an interval by which it may be shorter or longer, so that probes do not march in step. */
const JITTER = 0.1;

export interface RunningCheckServices {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly slots: ProbeSlots;
}

/**
 * One check of one address, for every backend that is there: probes it again and again and tells them the verdict.
 *
 * ```
 *   start ──► QUEUED ──slot──► PROBING ──result, or timeout──► WAITING ──interval──► QUEUED
 * ```
 */
export class RunningCheck implements Expirable, ProbeOwner, SlotUser {
  /** Backends at this address, each in a pool of its own. */
  readonly backends: BackendHealth[] = [];
  readonly #services: RunningCheckServices;
  readonly #timing: CheckTiming;
  readonly #probe: Probe;
  readonly #verdict: Verdict;
  /** Of the next probe, or of the one that is running. */
  readonly #timer = new WheelTimer(this);
  #probing = false;
  #startedMs = 0;

  constructor(
    services: RunningCheckServices,
    timing: CheckTiming,
    buildProbe: (owner: ProbeOwner) => Probe,
  ) {
    this.#services = services;
    this.#timing = timing;
    this.#verdict = new Verdict(timing.unhealthyThreshold, timing.healthyThreshold);
    this.#probe = buildProbe(this);
  }

  /** One more backend at this address. If one of the two knows how it is there, the other learns it. */
  join(health: BackendHealth): void {
    const known = this.backends[0]?.known ?? null;
    this.backends.push(health);
    if (known !== null) health.observe(known.value, known.why);
    else this.#verdict.healthy ??= health.known?.value ?? null;
  }

  /** The backend is not checked in this way any more. */
  leave(health: BackendHealth): void {
    const at = this.backends.indexOf(health);
    if (at !== -1) this.backends.splice(at, 1);
  }

  /** Probes as soon as there is an address and a slot. */
  start(): void {
    if (!this.backends.some(({ backend }) => backend.resolved)) {
      this.#services.wheel.schedule(this.#timer, UNRESOLVED_MS);
      return;
    }
    this.#services.slots.enter(this);
  }

  stop(): void {
    const { wheel, slots } = this.#services;
    wheel.cancel(this.#timer);
    slots.withdraw(this);
    if (!this.#probing) return;
    this.#probing = false;
    this.#probe.abort();
    slots.leave();
  }

  begin(): void {
    const { clock, wheel } = this.#services;
    this.#probing = true;
    this.#startedMs = clock.now();
    wheel.schedule(this.#timer, this.#timing.timeoutMs, this.#startedMs);
    this.#probe.start();
  }

  onDeadline(): void {
    if (!this.#probing) {
      this.start();
      return;
    }
    this.#probe.abort();
    this.onProbed(failed(`no answer within ${this.#timing.timeoutMs} ms`));
  }

  onProbed(result: ProbeResult): void {
    const { clock, wheel, slots } = this.#services;
    const nowMs = clock.now();
    const durationMs = nowMs - this.#startedMs;
    this.#probing = false;
    this.#verdict.record(result.ok);
    wheel.schedule(this.#timer, Math.max(0, this.#nextIntervalMs() - durationMs), nowMs);
    for (const health of this.backends) {
      health.noteProbe(result, durationMs);
      if (this.#verdict.healthy === result.ok) health.observe(result.ok, result.why);
    }
    slots.leave();
  }

  /** From the start of one probe to that of the next. */
  #nextIntervalMs(): number {
    const { intervalMs } = this.#timing;
    const basisMs = this.#verdict.changing
      ? Math.min(CHANGING_INTERVAL_MS, intervalMs)
      : intervalMs;
    return basisMs * (1 - JITTER + 2 * JITTER * this.#services.random());
  }
}

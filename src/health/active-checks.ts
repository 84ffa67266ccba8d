import { formatAddress } from '../foundation/address.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { BackendHealth } from './backend-health.ts';
import { buildProbe, type CheckConfig } from './catalog.ts';
import { ProbeSlots } from './probe-slots.ts';
import { ResponseHeads } from './response-heads.ts';
import { RunningCheck } from './running-check.ts';

/** Probes that run at the same time, over all pools. A dead network makes each take its whole timeout. */
const MAX_PROBES = 64;

export interface ActiveCheckServices {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly buffers: IoBuffers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The checks of all pools. Pools that probe the same address in the same way share one check. */
export class ActiveChecks {
  readonly #services: ActiveCheckServices;
  readonly #slots = new ProbeSlots(MAX_PROBES);
  readonly #heads = new ResponseHeads();
  readonly #running = new Map<string, RunningCheck>();
  #started = false;

  constructor(services: ActiveCheckServices) {
    this.#services = services;
  }

  /** Its first probe begins at once, or with `start`. */
  add(config: CheckConfig, health: BackendHealth): void {
    const key = keyOf(config, health);
    const known = this.#running.get(key);
    const check = known ?? this.#build(config, health);
    check.join(health);
    this.#running.set(key, check);
    if (known === undefined && this.#started) check.start();
  }

  /** @param config with which it was added. */
  remove(config: CheckConfig, health: BackendHealth): void {
    const key = keyOf(config, health);
    const check = this.#running.get(key);
    check?.leave(health);
    if (check === undefined || check.backends.length > 0) return;
    check.stop();
    this.#running.delete(key);
  }

  #build(config: CheckConfig, { backend }: BackendHealth): RunningCheck {
    const { buffers, ...services } = this.#services;
    const shared = { buffers, heads: this.#heads };
    return new RunningCheck({ ...services, slots: this.#slots }, config, (owner) =>
      buildProbe(config, backend.endpoint, shared, owner),
    );
  }

  /** Probes everything at once. */
  start(): void {
    this.#started = true;
    for (const check of this.#running.values()) check.start();
  }

  stop(): void {
    for (const check of this.#running.values()) check.stop();
  }
}

function keyOf(config: CheckConfig, { backend }: BackendHealth): string {
  return JSON.stringify([formatAddress(backend.address), config]);
}

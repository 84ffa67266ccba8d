import type { BackendHealth, LastProbe, StateChange } from '../health/backend-health.ts';
import type { SparingReason } from '../health/pool-circuits.ts';
import type { HealthListener } from '../health/pool-health.ts';
import type { Log } from './log.ts';

const spared: Readonly<Record<SparingReason, string>> = {
  all_fail: 'every backend fails at once: probably lb itself or the network; none is ejected',
  min_healthy: 'a backend fails but is not ejected: fewer than min_healthy would be left',
};

/** Writes what becomes of backends into the operational log: recoveries as info, losses as warnings. */
export class HealthLog implements HealthListener {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  onStateChange({ pool, backend, from, to, why, lastedMs }: StateChange): void {
    const facts = { pool, backend, from, to, why, lasted_ms: Math.round(lastedMs) };
    if (to === 'down' || to === 'ejected') this.#log.warn(facts, 'backend state');
    else this.#log.info(facts, 'backend state');
  }

  onProbe({ pool, backend }: BackendHealth, { ok, why, durationMs }: LastProbe): void {
    if (!this.#log.writes('debug')) return;
    const facts = { pool, backend: backend.name, ok, why, duration_ms: Math.round(durationMs) };
    this.#log.debug(facts, 'probe ended');
  }

  onSpared(pool: string, reason: SparingReason): void {
    this.#log.warn({ pool }, spared[reason]);
  }
}

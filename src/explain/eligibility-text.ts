import type { Backend } from '../backend/backend.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { Pool } from '../pool/pool.ts';

/** Why a backend may, or may not, be given a new request now. The decision itself is the pool's. */
export function eligibilityText(
  backend: Backend,
  pool: Pool,
  health: BackendHealth | null,
): string {
  const state = stateText(backend, health);
  if (backend.slot < 0) return state ?? standbyText(backend);
  const reasons = [
    state === null
      ? null
      : `${state}; tried all the same, because when_all_down is ${pool.options.whenAllDown}`,
    backend.hasRoom ? null : `full: ${backend.active} of max_connections ${backend.maxConnections}`,
    backend.rampShare < 1
      ? `slow start: ${Math.round(backend.rampShare * 100)} % of its weight`
      : null,
    backend.backup ? 'a backup, and no primary may take traffic' : null,
    health?.state === 'half_open' ? 'on trial after an ejection' : null,
  ].filter((text) => text !== null);
  return reasons.length === 0 ? (health?.why ?? 'nothing is known against it') : reasons.join('; ');
}

/** What speaks against it by itself; null when nothing does. */
function stateText(backend: Backend, health: BackendHealth | null): string | null {
  if (backend.ordered !== 'ready') {
    const { who = null, why = '' } = health?.ordered ?? {};
    const by = who === null ? '' : `, ordered by ${who}`;
    return `${backend.ordered}${by}${why === '' ? '' : `: ${why}`}`;
  }
  if (backend.configuredWeight === 0) return 'weight 0: it keeps its clients and gets no others';
  if (!backend.resolved) return health?.resolved.why ?? 'its name has not resolved yet';
  if (!backend.healthy) return `down: ${health?.observed.why ?? 'a check failed'}`;
  return backend.ejected ? `ejected: ${health?.circuit.why ?? 'its traffic failed'}` : null;
}

/** Well and wanted, and yet not eligible. */
function standbyText(backend: Backend): string {
  return backend.backup ? 'a backup: primaries take the traffic' : 'others take the traffic';
}

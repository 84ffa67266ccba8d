import { formatAddress } from '../foundation/address.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import { isStale, knownFacts } from './known-facts.ts';
import type { State, StateEntry } from './state-document.ts';
import { NOTHING_KNOWN, type StateOptions } from './state-options.ts';

/**
 * Goes on with a state as far as it is about backends there are. Before anything is sent to one, and before the owner
 * starts.
 */
export function applyState(state: State, { path, owner, wallClock, log }: StateOptions): void {
  const nowMs = wallClock();
  const stale = isStale(state, nowMs);
  const entries = new Map(state.backends.map((entry) => [identityOf(entry), entry]));
  const found: BackendHealth[] = [];
  owner.restore((health) => {
    const entry = entries.get(identityOfBackend(health));
    if (entry === undefined) return null;
    found.push(health);
    return knownFacts(entry, stale, nowMs);
  });
  const unknown = entries.size - found.length;
  const facts = { path, age_ms: nowMs - state.writtenMs, restored: found.length, unknown };
  if (found.length === 0 && unknown > 0) {
    log.warn(facts, `the state file is from another configuration: ${NOTHING_KNOWN}`);
  } else if (stale) {
    log.warn(facts, 'the state file is stale: only what people ordered is taken from it');
  } else {
    log.info(facts, 'state restored');
  }
  for (const { pool, name, state: now, why, sinceMs } of found) {
    const since = new Date(sinceMs).toISOString();
    if (now !== 'up')
      log.info({ pool, backend: name, state: now, why, since }, 'backend state restored');
  }
}

/** The same name at another address is another backend. */
function identityOf({ pool, backend, address }: StateEntry): string {
  return JSON.stringify([pool, backend, address]);
}

function identityOfBackend({ pool, name, backend }: BackendHealth): string {
  return JSON.stringify([pool, name, formatAddress(backend.address)]);
}

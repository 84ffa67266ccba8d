import type { LoadResult } from '../config/load.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { Health } from '../health/health.ts';
import type { ConnectionLimit } from '../listener/connection-limit.ts';
import type { RecentTraffic } from '../metrics/recent-traffic.ts';
import type { ExchangeMemory } from '../why/exchange-memory.ts';
import type { Changes } from './changes.ts';
import type { Draining } from './draining.ts';
import { driftOf } from './drift.ts';
import type { IdleWaits } from './idle-waits.ts';
import type { KeptState } from './kept-state.ts';
import type { Log } from './log.ts';
import type { Operated } from './operator.ts';
import type { ReloadOutcome } from './reload.ts';
import type { ReloadRecord } from './reload-record.ts';
import type { RunningListeners } from './running-listeners.ts';
import type { RunningPools } from './running-pools.ts';

/** The parts of a daemon that people look at and give orders to. */
export interface OperatedParts {
  readonly version: string;
  readonly log: Log;
  readonly limit: ConnectionLimit;
  readonly recent: RecentTraffic;
  readonly memory: ExchangeMemory;
  readonly reloads: ReloadRecord;
  readonly changes: Changes<unknown>;
  readonly waits: IdleWaits;
  readonly listeners: RunningListeners;
  readonly pools: RunningPools;
  readonly health: Health;
  readonly draining: Draining;
  readonly state: KeptState;
  readonly load: ((path: string) => Promise<LoadResult>) | null;
  readonly daemon: {
    readonly stopping: boolean;
    readonly reloader: (() => Promise<ReloadOutcome>) | null;
  };
}

/** What is there at the time, whatever generation it is then. */
export function operatedOf(parts: OperatedParts): Operated {
  const { version, log, limit, recent, memory, reloads, changes, waits, load, daemon } = parts;
  return {
    ...{ version, log, limit, recent, memory, reloads, waits, load },
    turns: changes.turns,
    get snapshot() {
      return changes.work.snapshot;
    },
    get listeners() {
      return parts.listeners.all;
    },
    get pools() {
      return parts.pools.all;
    },
    get health() {
      return parts.health.backends;
    },
    get drift() {
      return driftOf(changes.work, parts.health.backends);
    },
    get leaving() {
      return parts.draining.leaving;
    },
    get stopping() {
      return daemon.stopping;
    },
    get reload() {
      return daemon.reloader;
    },
    plan: (loaded) => changes.plan(loaded),
    change: (edit) => changes.change(edit),
    ordered: (health) => drain(health, parts),
    kept: () => parts.state.flush(),
  };
}

/** Sessions of a backend that was ordered out of traffic have as long as those of one that was removed. */
function drain({ backend }: BackendHealth, { changes, draining, listeners }: OperatedParts): void {
  const config = changes.work.snapshot.pools.find(({ name }) => name === backend.pool);
  if (backend.ordered === 'ready' || config === undefined) draining.keepBackend(backend);
  else draining.addBackend(backend, config.drainTimeoutMs, () => listeners.all, 'ordered');
}

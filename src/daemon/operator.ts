import type { Operator } from '../api/operator.ts';
import type { Leaving, Status } from '../api/status.ts';
import type { Snapshot } from '../config/snapshot.ts';
import type { Health } from '../health/health.ts';
import type { ConnectionLimit } from '../listener/connection-limit.ts';
import type { RecentTraffic } from '../metrics/recent-traffic.ts';
import type { Pool } from '../pool/pool.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { ReloadRecord } from './reload-record.ts';
import { statusOf } from './status.ts';

/** What is looked at of a daemon. Read anew each time: it changes. */
export interface Operated {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly listeners: readonly RunningListener[];
  readonly pools: readonly Pool[];
  readonly leaving: readonly Leaving[];
  readonly stopping: boolean;
  readonly health: Health;
  readonly limit: ConnectionLimit;
  readonly recent: RecentTraffic;
  readonly reloads: ReloadRecord;
}

/** Answers for a running daemon. */
export class LiveOperator implements Operator {
  readonly #daemon: Operated;
  readonly #startedMs = Date.now();

  constructor(daemon: Operated) {
    this.#daemon = daemon;
  }

  whyNotReady(): string | null {
    const { stopping, pools } = this.#daemon;
    if (stopping) return 'lb is stopping';
    if (pools.some(({ hasEligible }) => hasEligible)) return null;
    return 'no pool has a backend that may be given traffic';
  }

  status(): Status {
    const { health, ...daemon } = this.#daemon;
    return statusOf({
      ...daemon,
      health: health.backends,
      startedMs: this.#startedMs,
      nowMs: Date.now(),
      whyNotReady: this.whyNotReady(),
      drift: [],
    });
  }
}

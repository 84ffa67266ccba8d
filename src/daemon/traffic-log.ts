import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';
import type { AcceptWatcher } from '../listener/stream-listener.ts';
import type { Pool } from '../pool/pool.ts';
import type { ConnectionWatcher } from '../protocol/services.ts';
import type { Log } from './log.ts';
import type { SeldomLog } from './seldom-log.ts';

interface Limit {
  /** As lb.yaml calls it. */
  readonly key: string;
  readonly of: 'listener' | 'pool';
}

/** Reasons that say that a limit of lb itself was reached. */
const limits: Readonly<Partial<Record<Reason, Limit>>> = {
  connection_limit: { key: 'limits.max_connections', of: 'listener' },
  too_many_connections: { key: 'limits.max_connections_per_ip', of: 'listener' },
  queue_full: { key: 'queue.max_waiting', of: 'pool' },
  queue_timeout: { key: 'queue.timeout', of: 'pool' },
};

const FEW_DESCRIPTORS_LEFT =
  'hardly any file may be opened any more, and when none may, connections are closed unserved: raise the limit on open files (LimitNOFILE=, ulimit -n) or lower limits.max_connections';

export interface TrafficLogServices {
  readonly log: Log;
  readonly seldom: SeldomLog;
  /** Those of the moment. */
  readonly pools: () => readonly Pool[];
}

/**
 * Writes into the operational log what traffic shows about lb itself: limits that were reached, as warnings, attempts
 * that failed at level debug, client connections at level trace.
 */
export class TrafficLog implements ExchangeObserver, ConnectionWatcher {
  readonly #log: Log;
  readonly #seldom: SeldomLog;
  readonly #pools: () => readonly Pool[];
  /** Retries that were refused, as far as they have been told. */
  readonly #refused = new WeakMap<Pool, number>();

  constructor({ log, seldom, pools }: TrafficLogServices) {
    this.#log = log;
    this.#seldom = seldom;
    this.#pools = pools;
  }

  // Hot: nearly every exchange ends without a reason and at the first attempt.
  onExchange(record: ExchangeRecord): void {
    const { reason, failedAttempts } = record;
    if (reason !== null) this.#tellLimit(record, reason);
    if (failedAttempts.length > 0) this.#tellAttempts(record);
  }

  #tellLimit({ listener, pool, clientAddress }: ExchangeRecord, reason: Reason): void {
    const limit = limits[reason];
    if (limit === undefined) return;
    const where = limit.of === 'pool' ? { pool } : { listener, client_ip: clientAddress };
    const subject = `${reason} ${limit.of === 'pool' ? pool : listener}`;
    this.#seldom.warn(subject, { ...where, limit: limit.key }, 'limit reached');
  }

  #tellAttempts({ listener, pool, requestId, failedAttempts }: ExchangeRecord): void {
    this.#tellBudget(pool);
    if (!this.#log.writes('debug')) return;
    for (const { backend, reason, durationMs, reused } of failedAttempts) {
      const attempt = { backend, reason, duration_ms: Math.round(durationMs), reused };
      this.#log.debug({ listener, pool, request_id: requestId, ...attempt }, 'attempt failed');
    }
  }

  /** A retry is refused after a failed attempt: only then it can be news. */
  #tellBudget(name: string): void {
    const pool = this.#pools().find((each) => each.name === name);
    if (pool === undefined) return;
    const { refused } = pool.retries;
    if (refused === (this.#refused.get(pool) ?? 0)) return;
    this.#refused.set(pool, refused);
    this.#seldom.warn(`budget ${name}`, { pool: name, limit: 'retries.budget' }, 'limit reached');
  }

  /** For what happens at a listener before a connection is anybody's. */
  acceptWatcher(listener: string): AcceptWatcher {
    return {
      failed: (code) => this.#log.debug({ listener, code }, 'connection not accepted'),
      fewDescriptorsLeft: () => this.#seldom.error(listener, { listener }, FEW_DESCRIPTORS_LEFT),
    };
  }

  onOpened(listener: string, address: string, port: number): void {
    if (!this.#log.writes('trace')) return;
    this.#log.trace({ listener, client_ip: address, client_port: port }, 'connection opened');
  }

  onClosed(listener: string, address: string, port: number): void {
    if (!this.#log.writes('trace')) return;
    this.#log.trace({ listener, client_ip: address, client_port: port }, 'connection closed');
  }
}

import type { Target } from '../balancing/algorithm.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { Endpoint } from './endpoint.ts';
import { IdleConnections } from './idle-connections.ts';
import { PeakEwma } from './peak-ewma.ts';
import { Timings } from './timings.ts';
import type { TrafficWatcher } from './traffic-watcher.ts';

/** What people have said about a backend: `draining` keeps the clients it has, `maintenance` gets nothing at all. */
export type Order = 'ready' | 'draining' | 'maintenance';

export interface BackendOptions {
  /** Share of new traffic relative to the pool's others; 0: no new traffic. */
  readonly weight: number;
  /** Exchanges (HTTP) or sessions (TCP) in flight at most; 0: no limit. */
  readonly maxConnections: number;
  /** Used only when no primary may take traffic. */
  readonly backup: boolean;
}

const PLAIN: BackendOptions = { weight: 1, maxConnections: 0, backup: false };

/**
 * One server in a pool, its live counters, and the facts that decide whether it takes traffic. Each fact has one
 * writer, who tells the pool afterwards (`Pool.refresh`). Every field is set here, once, in this order: one hidden class.
 */
export class Backend implements Target {
  readonly name: string;
  readonly pool: string;
  readonly address: Address;
  /** Where connections to it go. */
  readonly endpoint: Endpoint;
  /** How soon its responses begin, for algorithms that ask. */
  readonly responseTime = new PeakEwma();
  /** An algorithm goes by its response times: from then on they are measured. */
  timed = false;
  /** Connections that wait for their next exchange. */
  readonly idle: IdleConnections;
  /** As the configuration, or a person after it, says. */
  configuredWeight: number;
  /** How far its slow start has come, above 0 to 1. Written by the pool. */
  rampShare = 1;
  maxConnections: number;
  backup: boolean;
  /** Observed by checks, which write it. True until a check has said otherwise. */
  healthy = true;
  /** Written by passive health: real traffic failed, and it gets none for a while. */
  ejected = false;
  /** Written by people. */
  ordered: Order = 'ready';
  /** Judges it by its traffic; null where passive health is off. */
  watcher: TrafficWatcher | null = null;
  /** The watcher wants to hear of attempts and answers, too, and not only of failures. Written by the watcher. */
  watched = false;
  /** Index among the pool's eligible backends, -1 when it is not one of them. Written by the pool. */
  slot = -1;
  /** Exchanges (HTTP) or sessions (TCP) in flight. Written by the pool: `begin` and `end`. */
  active = 0;
  /** Attempts made: exchanges and sessions given to it, retries included. */
  requests = 0;
  /** Connections dialled. */
  connects = 0;
  /** Failed attempts by reason; the rare path, so a map. */
  readonly failures = new Map<Reason, number>();
  /** Written at the end of exchanges, as are the bytes. */
  readonly timings = new Timings();
  /** Bytes from clients and to them, as `ExchangeRecord` has them. */
  bytesIn = 0;
  bytesOut = 0;

  /**
   * @param maxIdle connections kept for later exchanges.
   * @param endpoint of the address, where others share it.
   */
  constructor(
    name: string,
    pool: string,
    address: Address,
    maxIdle: number,
    options: BackendOptions = PLAIN,
    endpoint: Endpoint = new Endpoint(address),
  ) {
    this.name = name;
    this.pool = pool;
    this.address = address;
    this.endpoint = endpoint;
    this.idle = new IdleConnections(maxIdle);
    this.configuredWeight = options.weight;
    this.maxConnections = options.maxConnections;
    this.backup = options.backup;
  }

  /** What algorithms go by: less than configured while a slow start lasts. */
  get weight(): number {
    return this.configuredWeight * this.rampShare;
  }

  /** There is an address to connect to; a backend without one takes no traffic whatsoever. Written by discovery. */
  get resolved(): boolean {
    return this.endpoint.target !== null;
  }

  /** Where to connect now. Before a name has resolved, when nobody should, the name itself: that fails at once. */
  get target(): Address {
    return this.endpoint.target ?? this.address;
  }

  /** May take clients that were with it before: a draining backend, or one of weight 0, gets no others. */
  get keepsClients(): boolean {
    return this.resolved && this.healthy && !this.ejected && this.ordered !== 'maintenance';
  }

  /** May be given new traffic as far as people are concerned. */
  get wanted(): boolean {
    return this.ordered === 'ready' && this.configuredWeight > 0;
  }

  /** Another exchange or session fits below `maxConnections`. */
  get hasRoom(): boolean {
    return this.maxConnections === 0 || this.active < this.maxConnections;
  }

  /** It has left its pool, or the pool is removed: keeps no connection from now on. What is in flight goes on. */
  retire(): void {
    this.idle.max = 0;
    this.idle.closeAll();
  }

  responseMs(now: number): number {
    this.timed = true;
    return this.responseTime.valueAt(now);
  }

  /**
   * An attempt has failed without an answer. Were it not for this, a backend that refuses fast would look fast.
   *
   * @param ms how long that took; it counts as no less than `atLeastMs`.
   */
  observeSilence(ms: number, atLeastMs: number, nowMs: number): void {
    if (this.timed) this.responseTime.observe(Math.max(ms, atLeastMs), nowMs);
  }

  countFailure(reason: Reason): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }
}

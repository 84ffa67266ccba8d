import type { Target } from '../balancing/algorithm.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { IdleConnections } from './idle-connections.ts';
import { PeakEwma } from './peak-ewma.ts';

/** One server in a pool and its live counters. Every field is set here, once, in this order: one hidden class. */
export class Backend implements Target {
  readonly name: string;
  readonly pool: string;
  readonly address: Address;
  /** Share of new traffic relative to the pool's others. */
  readonly weight = 1;
  /** How soon its responses begin, for algorithms that ask. */
  readonly responseTime = new PeakEwma();
  /** Connections that wait for their next exchange. */
  readonly idle: IdleConnections;
  /** Exchanges (HTTP) or sessions (TCP) in flight. */
  active = 0;
  /** Attempts made: exchanges and sessions given to it, retries included. */
  requests = 0;
  /** Connections dialled. */
  connects = 0;
  /** Failed attempts by reason; the rare path, so a map. */
  readonly failures = new Map<Reason, number>();

  /** @param maxIdle connections kept for later exchanges. */
  constructor(name: string, pool: string, address: Address, maxIdle: number) {
    this.name = name;
    this.pool = pool;
    this.address = address;
    this.idle = new IdleConnections(maxIdle);
  }

  responseMs(now: number): number {
    return this.responseTime.valueAt(now);
  }

  countFailure(reason: Reason): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }
}

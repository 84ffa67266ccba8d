import type { Address } from '../foundation/address.ts';

/** One server in a pool and its live counters. Every field is set here, once, in this order: one hidden class. */
export class Backend {
  readonly name: string;
  readonly pool: string;
  readonly address: Address;
  /** Exchanges (HTTP) or connections (TCP) in flight. */
  active = 0;

  constructor(name: string, pool: string, address: Address) {
    this.name = name;
    this.pool = pool;
    this.address = address;
  }
}

import type { AddressChange } from '../discovery/discovery.ts';
import type { WatchedName } from '../discovery/watched-name.ts';
import type { Log } from './log.ts';

/** Writes what becomes of the names of backends into the operational log. */
export class DiscoveryLog {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  onAddresses({ host, before, after }: AddressChange): void {
    const facts = { name: host, from: before.join(', '), to: after.join(', ') };
    this.#log.info(facts, 'name has other addresses');
  }

  onFailing({ host, addresses }: WatchedName, why: string): void {
    this.#log.warn({ name: host, why, kept: addresses.join(', ') }, 'name does not resolve');
  }

  onRecovered({ host }: WatchedName): void {
    this.#log.info({ name: host }, 'name resolves again');
  }
}

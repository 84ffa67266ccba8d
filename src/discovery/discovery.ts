import { Endpoint } from '../backend/endpoint.ts';
import { type Address, formatAddress, hasName } from '../foundation/address.ts';
import { type NameListener, type NameServices, WatchedName } from './watched-name.ts';

/** A name has other addresses than before. */
export interface AddressChange {
  readonly host: string;
  /** Empty when it has resolved for the first time. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The endpoints that lead elsewhere now. */
  readonly moved: readonly Endpoint[];
}

export interface DiscoveryListener {
  /** Told when the endpoints have the new addresses. */
  onAddresses(change: AddressChange): void;
  /** Told once until the name resolves again. Its addresses stay as they are. */
  onFailing(name: WatchedName, why: string): void;
  onRecovered(name: WatchedName): void;
}

export type DiscoveryServices = Omit<NameServices, 'listener'> & {
  readonly listener: DiscoveryListener;
};

/** How long a start or a reload waits for names before it goes on with those that have resolved. */
const FIRST_ANSWERS_MS = 3000;

/**
 * The names of a configuration, each resolved for as long as it is watched, and the endpoints of the addresses that
 * have them.
 */
export class Discovery implements NameListener {
  readonly #services: DiscoveryServices;
  readonly #names = new Map<string, WatchedName>();
  /** Those with a name, by address as text. */
  readonly #endpoints = new Map<string, Endpoint>();

  constructor(services: DiscoveryServices) {
    this.#services = services;
  }

  get names(): Iterable<WatchedName> {
    return this.#names.values();
  }

  /** @returns in a fixed order; none for a name that has never resolved, or is not watched. */
  addressesOf(host: string): readonly string[] {
    return this.#names.get(host)?.addresses ?? [];
  }

  /** The same one each time, as long as its name is watched. */
  endpointOf(address: Address): Endpoint {
    if (!hasName(address)) return new Endpoint(address);
    const key = formatAddress(address);
    const known = this.#endpoints.get(key);
    if (known !== undefined) return known;
    const endpoint = new Endpoint(address);
    const addresses = this.addressesOf(address.host);
    if (addresses.length > 0) endpoint.resolve(addresses);
    this.#endpoints.set(key, endpoint);
    return endpoint;
  }

  /**
   * Resolves the names among the hosts, too, from now on.
   *
   * @returns when each name has been tried, or a few seconds have passed.
   */
  async watch(addresses: Iterable<Address>): Promise<void> {
    const hosts = hostsOf(addresses);
    for (const host of hosts) {
      if (this.#names.has(host)) continue;
      const name = new WatchedName(host, { ...this.#services, listener: this });
      this.#names.set(host, name);
      name.start();
    }
    const tried = [...hosts].map((host) => this.#names.get(host)?.tried);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(resolve, FIRST_ANSWERS_MS);
    await Promise.race([Promise.all(tried), late]);
    clearTimeout(timeout);
  }

  /** Forgets every other name. */
  retain(addresses: Iterable<Address>): void {
    const hosts = hostsOf(addresses);
    for (const [host, name] of this.#names) {
      if (hosts.has(host)) continue;
      name.stop();
      this.#names.delete(host);
    }
    for (const [key, { address }] of this.#endpoints) {
      if (address.kind === 'tcp' && !hosts.has(address.host)) this.#endpoints.delete(key);
    }
  }

  /** Looks every name up now, for whoever knows that answers have changed. */
  refresh(): void {
    for (const name of this.#names.values()) name.start();
  }

  stop(): void {
    this.retain([]);
    this.#services.resolver.cancel();
  }

  onAddresses({ host, addresses: after }: WatchedName, before: readonly string[]): void {
    const moved = [...this.#endpoints.values()].filter(
      (endpoint) => isAt(endpoint.address, host) && endpoint.resolve(after),
    );
    this.#services.listener.onAddresses({ host, before, after, moved });
  }

  onFailing(name: WatchedName, why: string): void {
    this.#services.listener.onFailing(name, why);
  }

  onRecovered(name: WatchedName): void {
    this.#services.listener.onRecovered(name);
  }
}

function isAt(address: Address, host: string): boolean {
  return address.kind === 'tcp' && address.host === host;
}

function hostsOf(addresses: Iterable<Address>): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const address of addresses) {
    if (hasName(address)) hosts.add(address.host);
  }
  return hosts;
}

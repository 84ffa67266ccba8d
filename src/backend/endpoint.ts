import { type Address, hasName } from '../foundation/address.ts';

/**
 * Where connections to an address of the configuration go: to itself, or, where it is a name, to one of the IP
 * addresses that the name has at present. Shared by the backends at this address, in whatever pool, and their probes.
 */
export class Endpoint {
  /** As configured. */
  readonly address: Address;
  /** Where to connect; null while a name has never resolved. Compared by identity: the same while it stays valid. */
  target: Address | null;
  #candidates: readonly Address[];

  constructor(address: Address) {
    this.address = address;
    this.target = hasName(address) ? null : address;
    this.#candidates = this.target === null ? [] : [this.target];
  }

  /**
   * For discovery.
   *
   * @param hosts IP addresses that the name has now, the preferred first; at least one.
   * @returns whether it leads elsewhere now.
   */
  resolve(hosts: readonly string[]): boolean {
    const { address, target } = this;
    if (address.kind === 'unix') return false;
    const known = new Map(this.#candidates.map((each) => [hostOf(each), each]));
    this.#candidates = hosts.map(
      (host) => known.get(host) ?? { kind: 'tcp', host, port: address.port },
    );
    if (target !== null && this.#candidates.includes(target)) return false;
    this.target = this.#candidates[0] ?? target;
    return true;
  }

  /**
   * Nobody accepts connections at `target`: the next ones go to another address, if the name has one.
   *
   * @returns whether there is another.
   */
  avoid(target: Address): boolean {
    const { length } = this.#candidates;
    if (length < 2) return false;
    if (this.target === target) {
      const at = this.#candidates.indexOf(target);
      this.target = this.#candidates[(at + 1) % length] ?? target;
    }
    return true;
  }
}

function hostOf(address: Address): string {
  return address.kind === 'tcp' ? address.host : address.path;
}

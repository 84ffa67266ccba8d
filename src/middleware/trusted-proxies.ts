import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whose word about the original client is believed (`global.trusted_proxies`). */
export class TrustedProxies {
  readonly #networks = new BlockList();
  readonly #any: boolean;

  /** @param cidrs such as `10.0.0.0/8` or `::1/128`. */
  constructor(cidrs: readonly string[]) {
    this.#any = cidrs.length > 0;
    for (const cidr of cidrs) {
      const [network = '', bits = ''] = cidr.split('/');
      this.#networks.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
    }
  }

  /** @param address any text; what is no address, such as the '' of a Unix socket's peer, is not trusted. */
  includes(address: string): boolean {
    if (!this.#any) return false;
    const version = isIP(address);
    return version !== 0 && this.#networks.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

import { isIPv4 } from 'node:net';

/**
 * The same list for the same set, whatever order a DNS server has shuffled it into: each address once, IPv4 first.
 * Addresses are compared as text; any order will do as long as it stays.
 */
export function inOrder(addresses: readonly string[]): readonly string[] {
  const distinct = [...new Set(addresses)].sort();
  return [
    ...distinct.filter((address) => isIPv4(address)),
    ...distinct.filter((address) => !isIPv4(address)),
  ];
}

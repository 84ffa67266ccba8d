import { isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Where something listens or is dialled: a TCP address or the path of a Unix socket. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** What `sun_path` holds on Linux, without the closing zero. */
const maxUnixPathBytes = 107;

/**
 * Reads an address as lb.yaml spells it: `host:port`, `:port` (every interface), `[::1]:port`, `unix:/path`.
 *
 * @returns the address in one canonical spelling (lower case, IPv6 shortened), so that equal ones compare equal;
 * null when the text is none of these. Ports are 0..65535, 0 meaning "any free port".
 */
export function parseAddress(text: string): Address | null {
  if (text.startsWith('unix:')) return parseUnixPath(text.slice('unix:'.length));
  const parts = /^(?:\[([^[\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (parts === null) return null;
  const port = Number(parts[3]);
  const host = parts[1] === undefined ? canonicalName(parts[2] ?? '') : canonicalIpv6(parts[1]);
  return port > 65535 || host === null ? null : { kind: 'tcp', host, port };
}

/** The inverse of {@link parseAddress}; an empty host stands for every interface. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

/** Whether the address has to be resolved before anybody can connect to it. */
export function hasName(address: Address): address is Extract<Address, { kind: 'tcp' }> {
  return address.kind === 'tcp' && isIP(address.host) === 0;
}

function parseUnixPath(path: string): Address | null {
  const fits = Buffer.byteLength(path) <= maxUnixPathBytes;
  return fits && /^\/\P{Cc}+$/u.test(path) ? { kind: 'unix', path } : null;
}

/** A host name, an IPv4 address, or nothing. Digits and dots alone are a mistyped IPv4 address, not a name. */
function canonicalName(name: string): string | null {
  if (name === '' || isIPv4(name)) return name;
  const isName = /^(?!.{254})[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(name);
  return isName && !/^[\d.]+$/.test(name) ? name.toLowerCase() : null;
}

/** @param text without brackets; may carry a zone (`fe80::1%eth0`). */
function canonicalIpv6(text: string): string | null {
  if (!isIPv6(text)) return null;
  const [address = '', zone] = text.split('%');
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}

import { isIP, isIPv6 } from 'node:net';
import { parseAddress } from '../foundation/address.ts';
import { parseCidr } from './cidr.ts';
import type { Kind } from './kind.ts';
import { quote } from './problem.ts';

export const bindAddress: Kind = {
  allowed: 'host:port, :port (every interface), "[::1]:port" or unix:/path',
  complain: (text) =>
    parseAddress(text) === null ? adviceFor(text, bindAddress.allowed, '') : null,
};

export const backendAddress: Kind = {
  allowed: 'host:port, "[::1]:port" or unix:/path',
  complain(text) {
    const address = parseAddress(text);
    if (address === null) return adviceFor(text, backendAddress.allowed, '127.0.0.1');
    if (address.kind === 'unix') return null;
    if (address.port === 0) return `${quote(text)} has port 0; needs a port from 1 to 65535`;
    if (address.host !== '') return null;
    return `${quote(text)} names no host; write ${quote(`127.0.0.1${text}`)} for this machine`;
  },
};

export const udpAddress: Kind = {
  allowed: 'host:port or "[::1]:port"',
  complain(text) {
    if (parseAddress(text)?.kind !== 'unix') return backendAddress.complain(text, {});
    return `${quote(text)} is a path; needs ${udpAddress.allowed}`;
  },
};

/**
 * @param text that parseAddress refused; the usual slips get the text that was probably meant.
 * @param host to propose before a port that stands alone.
 */
function adviceFor(text: string, allowed: string, host: string): string {
  const found = `${quote(text)} is not an address`;
  const port = /(?:^|:)(\d+)$/.exec(text)?.[1];
  if (text.startsWith('unix:'))
    return `${found}; write unix: and a path from / of at most 107 bytes`;
  if (port === text) return `${found}; write ${quote(`${host}:${text}`)}`;
  if (text.startsWith('*:')) return `${found}; write ${quote(text.slice(1))} for every interface`;
  if (isIPv6(text))
    return `${found}; write ${quote(`[${text}]:port`)}, brackets and quotes included`;
  if (text.includes('://')) return `${found} but a URL; write host:port alone`;
  if (port !== undefined && Number(port) > 65535) return `${found}; a port is at most 65535`;
  if (!text.includes(':')) return `${found}, it has no port; write ${allowed}`;
  return `${found}; write ${allowed}`;
}

export const dnsServer: Kind = {
  allowed: 'an IP address, with or without a port: 10.0.0.53, 10.0.0.53:5353, "[::1]:5353"',
  complain(text) {
    const address = parseAddress(text);
    const port = address?.kind === 'tcp' && isIP(address.host) !== 0 ? address.port : 0;
    if (isIP(text) !== 0 || port > 0) return null;
    return `${quote(text)} is not a DNS server; needs ${dnsServer.allowed}`;
  },
};

export const cidr: Kind = {
  allowed: 'a network such as 10.0.0.0/8 or fd00::/8, or one address',
  complain(text) {
    const result = parseCidr(text);
    if (result.ok) return null;
    if (result.network === null) return `${quote(text)} is not a network; needs ${cidr.allowed}`;
    return `${quote(text)} has bits set after its prefix; write ${quote(result.network)}`;
  },
};

import { isIP, isIPv6 } from 'node:net';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { FieldTable } from '../http1/field-table.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

const X_FORWARDED_FOR = fieldSet('x-forwarded-for');
const FORWARDED = fieldSet('forwarded');
const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * Who asked, by what a trusted peer says: the right-most hop that is not a trusted proxy itself. Everything to the left
 * of it was written by that hop, or by whoever asked it, and proves nothing.
 *
 * Hops are those of X-Forwarded-For or, only where that is absent, of Forwarded (RFC 7239). A hop that is not an
 * address ends the search: then it is the last address before it.
 *
 * @param peerAddress of the connection, a trusted proxy.
 */
export function clientAddress(
  fields: FieldTable,
  peerAddress: string,
  trusted: TrustedProxies,
): string {
  if ((fields.seen & X_FORWARDED_FOR) !== 0) {
    const list = fields.listText(fieldId['x-forwarded-for']);
    return rightmostUntrusted(list, hopAddress, peerAddress, trusted);
  }
  if ((fields.seen & FORWARDED) === 0) return peerAddress;
  return rightmostUntrusted(fields.listText(fieldId.forwarded), forwardedFor, peerAddress, trusted);
}

/** Reads only as much of the list as trusted proxies have written, however long the rest is. */
function rightmostUntrusted(
  list: string,
  addressOf: (member: string) => string | null,
  peerAddress: string,
  trusted: TrustedProxies,
): string {
  let address = peerAddress;
  for (let end = list.length; end > 0; ) {
    const start = memberStart(list, end);
    const hop = addressOf(list.slice(start, end));
    if (hop === null) break;
    address = hop;
    if (!trusted.includes(hop)) break;
    end = start - 1;
  }
  return address;
}

/**
 * Where the last member of `list[0, end)` starts. A comma between quotes does not separate; seen from the right, because a
 * quote that somebody opened on the left and never closed must not swallow what a trusted proxy has appended.
 */
function memberStart(list: string, end: number): number {
  let quoted = false;
  for (let at = end - 1; at >= 0; at--) {
    const code = list.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (code === COMMA && !quoted) return at + 1;
  }
  return 0;
}

/** The forms that proxies write: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`. */
const HOP =
  /^[ \t]*(?:\[([\da-f:.]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+)(?::\d{1,5})?|([\da-f:.]+))[ \t]*$/i;

/** @returns the address of one hop, without port and brackets; null when it is anything but an address. */
export function hopAddress(hop: string): string | null {
  const [whole, bracketed, dotted, bare] = HOP.exec(hop) ?? [];
  if (whole === undefined) return null;
  if (bracketed !== undefined) return isIPv6(bracketed) ? withoutMapping(bracketed) : null;
  const address = dotted ?? bare ?? '';
  return isIP(address) === 0 ? null : withoutMapping(address);
}

/** An IPv4 address that a dual-stack socket wrote as IPv6 is the same client. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** `forwarded-pair` of RFC 7239 §4, without escapes in its quoted form: no address needs one. */
const PAIR = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=([!#$%&'*+.^_`|~\w-]+|"[^"\\]*")[ \t]*(?:;|$)/gy;

/** @returns the address in the `for` of one element of Forwarded; null when there is none, or the element is malformed. */
export function forwardedFor(element: string): string | null {
  let read = 0;
  let node: string | null = null;
  for (const [pair, name = '', value = ''] of element.matchAll(PAIR)) {
    read += pair.length;
    if (name.toLowerCase() !== 'for') continue;
    if (node !== null) return null;
    node = value.startsWith('"') ? value.slice(1, -1) : value;
  }
  return node === null || read < element.length ? null : hopAddress(node);
}

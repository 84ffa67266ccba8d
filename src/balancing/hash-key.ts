import type { KeySource } from './algorithm.ts';
import { absorb, hashText, mix } from './hash.ts';

/** A key as lb.yaml spells it. */
export type KeyForm =
  | 'client_ip'
  | 'path'
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly query: string };

/** Schema of a {@link KeyForm}. */
export const keySchema = {
  type: ['string', 'object'],
  kind: 'hash_key',
  properties: {
    header: { type: 'string', kind: 'field_name' },
    cookie: { type: 'string', kind: 'cookie_name' },
    query: { type: 'string', kind: 'parameter_name' },
  },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
} as const;

const wholeAddress = 128;

export function keySource(form: KeyForm): KeySource {
  if (typeof form === 'string') return { of: form, name: '', ipv6Prefix: wholeAddress };
  if ('header' in form) return { of: 'header', name: form.header, ipv6Prefix: wholeAddress };
  if ('cookie' in form) return { of: 'cookie', name: form.cookie, ipv6Prefix: wholeAddress };
  return { of: 'query', name: form.query, ipv6Prefix: wholeAddress };
}

/** What a key can be read from; `''` stands for what a request does not have. A TCP session has an address and no more. */
export interface KeySubject {
  /** Without port; IPv4, IPv6, or any text where there is no address. */
  readonly clientAddress: string;
  /** Without query. */
  readonly path: string;
  /** @param name as lb.yaml spells it; header fields are the same in any case. */
  header(name: string): string;
  cookie(name: string): string;
  query(name: string): string;
}

/** @returns the signed 32-bit hash that a picker takes. */
export type KeyReader = (subject: KeySubject) => number;

/** Compiles a key: what has none of it goes by its client's address. */
export function compileKey({ of, name, ipv6Prefix }: KeySource): KeyReader {
  const groups = new Uint16Array(8);
  const hashClient = ({ clientAddress }: KeySubject) =>
    hashAddress(clientAddress, ipv6Prefix, groups);
  if (of === 'client_ip') return hashClient;
  const read = (subject: KeySubject) => (of === 'path' ? subject.path : subject[of](name));
  return (subject) => {
    const text = read(subject);
    return text === '' ? hashClient(subject) : hashText(text);
  };
}

const DOT = 0x2e;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Hash of a valid address by its bits, so that every spelling of one is the same client, as is an IPv4 client that reached
 * an IPv6 socket (`::ffff:192.0.2.1`). The zone of a link-local address does not count.
 *
 * @param groups room for one address; overwritten.
 */
function hashAddress(address: string, ipv6Prefix: number, groups: Uint16Array): number {
  const colon = address.indexOf(':');
  if (colon === -1 && address.indexOf('.') === -1) return hashText(address);
  if (colon === -1) return mix(parseIpv4(address, 0));
  parseIpv6(address, groups);
  if (isMapped(groups)) return mix((groups[6]! << 16) | groups[7]!);
  let hash = 0;
  for (let group = 0; group < 8; group++) {
    const ignored = Math.min(16, Math.max(0, 16 * (group + 1) - ipv6Prefix));
    hash = absorb(hash, groups[group]! & (0xffff << ignored));
  }
  return mix(hash);
}

/** The 32 bits of the dotted decimal from `start` on. */
function parseIpv4(address: string, start: number): number {
  let bits = 0;
  let octet = 0;
  for (let at = start; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      bits = (bits << 8) | octet;
      octet = 0;
    } else {
      if (code < ZERO || code > NINE) break;
      octet = octet * 10 + code - ZERO;
    }
  }
  return (bits << 8) | octet;
}

/** Fills groups from the left; what follows `::` is moved to the right end afterwards. */
function parseIpv6(address: string, groups: Uint16Array): void {
  const end = endOfAddress(address);
  groups.fill(0);
  let count = 0;
  let gap = -1;
  for (let at = 0; at < end && count < 8; ) {
    if (address.charCodeAt(at) === COLON) {
      at++;
      if (address.charCodeAt(at) === COLON) gap = count;
      continue;
    }
    const stop = endOfGroup(address, at, end);
    if (address.charCodeAt(stop) === DOT) {
      const bits = parseIpv4(address, at);
      groups[count++] = bits >>> 16;
      groups[count++] = bits;
      break;
    }
    groups[count++] = parseGroup(address, at, stop);
    at = stop;
  }
  if (gap === -1) return;
  groups.copyWithin(8 - (count - gap), gap, count);
  groups.fill(0, gap, 8 - (count - gap));
}

/** Where the zone begins, if there is one. */
function endOfAddress(address: string): number {
  const zone = address.indexOf('%');
  return zone === -1 ? address.length : zone;
}

function endOfGroup(address: string, start: number, end: number): number {
  let at = start;
  while (at < end && address.charCodeAt(at) !== COLON && address.charCodeAt(at) !== DOT) at++;
  return at;
}

function parseGroup(address: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = address.charCodeAt(at);
    value = value * 16 + (code <= NINE ? code - ZERO : (code | 0x20) - 0x61 + 10);
  }
  return value;
}

function isMapped(groups: Uint16Array): boolean {
  for (let group = 0; group < 5; group++) if (groups[group] !== 0) return false;
  return groups[5] === 0xffff;
}

import { isIPv6 } from 'node:net';

/** The first three groups, which is what a provider gives a household or an office: RFC 6177 §2. */
const KEPT_GROUPS = 3;

/**
 * The network that a client is in, in place of its address: the /24 of an IPv4 address, the /48 of an IPv6 one.
 *
 * @param address IPv4 or IPv6 text, with or without a zone.
 * @returns the first address of that network in canonical text; '' for anything else, such as a Unix socket's.
 */
export function anonymousAddress(address: string): string {
  const lastDot = address.lastIndexOf('.');
  if (lastDot !== -1 && !address.includes(':')) return `${address.slice(0, lastDot)}.0`;
  if (!isIPv6(address)) return '';
  const groups = leadingGroups(address.replace(/%.*/, ''));
  while (groups.at(-1) === '0') groups.pop();
  return `${groups.join(':')}::`;
}

/** Of an IPv6 address, without leading zeros. */
function leadingGroups(address: string): string[] {
  // An IPv4 address at the end stands for two groups.
  const [before = '', after] = address.replace(/[\d.]+\.\d+$/, '0:0').split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].slice(0, KEPT_GROUPS);
  return groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
}

/** In place of a value. */
const HIDDEN = '***';

/**
 * A query of which only the names are left: `q=***&page=***`. A part without a value is hidden as a whole, because then
 * it may be one itself, such as a token, even one that ends in the `=` of base64.
 */
export function redactedQuery(query: string): string {
  return query.split('&').map(redactedPart).join('&');
}

function redactedPart(part: string): string {
  const equals = part.indexOf('=');
  if (equals <= 0) return part === '' ? '' : HIDDEN;
  for (let at = equals; at < part.length; at++) {
    if (part.charCodeAt(at) !== 0x3d) return `${part.slice(0, equals)}=${HIDDEN}`;
  }
  return HIDDEN;
}

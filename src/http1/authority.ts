import { isIPv6 } from 'node:net';
import { HEX_VALUE, HOST, NOT_A_DIGIT } from './characters.ts';

const PERCENT = 0x25;

/**
 * Whether text is `uri-host [ ":" port ]` (RFC 9110 §7.2): a name, an IPv4 address or a bracketed IPv6 address, with
 * an optional port of digits. User information (`user@`) is refused (RFC 9110 §4.2.4).
 */
export function isAuthority(text: string): boolean {
  if (text.startsWith('[')) return isBracketed(text);
  const colon = text.indexOf(':');
  const hostEnd = colon === -1 ? text.length : colon;
  if (hostEnd === 0) return false;
  for (let at = 0; at < hostEnd; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff || HOST[code] === 0) return false;
    if (code === PERCENT && !(isHexDigit(text, at + 1) && isHexDigit(text, at + 2))) return false;
  }
  return colon === -1 || isPort(text, colon + 1);
}

function isHexDigit(text: string, at: number): boolean {
  return (HEX_VALUE[text.charCodeAt(at)] ?? NOT_A_DIGIT) !== NOT_A_DIGIT;
}

function isPort(text: string, start: number): boolean {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function isBracketed(text: string): boolean {
  const address = /^\[([0-9a-fA-F:.]+)\](?::\d*)?$/.exec(text)?.[1];
  return address !== undefined && isIPv6(address);
}

/** The host of an authority: lower case, without port and trailing dot. Brackets of IPv6 stay. */
export function hostOf(authority: string): string {
  let end = authority.length;
  const colon = authority.lastIndexOf(':');
  if (colon !== -1 && authority.indexOf(']', colon) === -1) end = colon;
  if (end > 1 && authority.charCodeAt(end - 1) === 0x2e) end--;
  const host = end === authority.length ? authority : authority.slice(0, end);
  return host.toLowerCase();
}

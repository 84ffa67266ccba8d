import { AUTHORITY } from './characters.ts';

/**
 * Whether text is `uri-host [ ":" port ]` (RFC 9110 §7.2): a name, an IPv4 address or a bracketed IPv6 address, with
 * an optional port of digits. User information (`user@`) is refused (RFC 9110 §4.2.4).
 */
export function isAuthority(text: string): boolean {
  let colon = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7e || AUTHORITY[code] === 0) return false;
    if (code === 0x5b || code === 0x5d) return isBracketed(text);
    if (code === 0x3a && colon !== -1) return false;
    if (code === 0x3a) colon = at;
    else if (colon !== -1 && (code < 0x30 || code > 0x39)) return false;
  }
  return text.length > 0 && colon !== 0;
}

function isBracketed(text: string): boolean {
  return /^\[(?:[0-9a-fA-F:.]+|[vV][0-9a-fA-F]+\.[\w.:~!$&'()*+,;=-]+)\](?::\d*)?$/.test(text);
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

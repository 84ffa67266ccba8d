/** The cookie of a pool and its attributes (RFC 6265 §4.1). */
export interface StickyCookieOptions {
  readonly cookie: string;
  /** From the moment it is set; 0: until the browser closes. */
  readonly ttlMs: number;
  readonly path: string;
  /** null: the host that was asked, without those below it. */
  readonly domain: string | null;
  readonly sameSite: 'strict' | 'lax' | 'none';
  /** `auto`: for clients that came by https. */
  readonly secure: 'auto' | 'always' | 'never';
  readonly httpOnly: boolean;
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

/**
 * The field lines that hand a client its cookie, each with its CR LF.
 *
 * A Set-Cookie does not keep shared caches from storing a response (RFC 9111 §7.3): handed on by one of them, it would
 * send everybody to the same backend. `private` does; beside another Cache-Control the stricter of the two counts (§4.2.1).
 *
 * @param https the client came by it.
 */
export function setCookieLines(
  options: StickyCookieOptions,
  token: string,
  https: boolean,
): string {
  const { cookie, ttlMs, path, domain, sameSite, secure, httpOnly } = options;
  const attributes = [
    `${cookie}=${token}`,
    // Rounded up: a Max-Age of 0 would delete the cookie.
    ...(ttlMs === 0 ? [] : [`Max-Age=${Math.ceil(ttlMs / 1000)}`]),
    `Path=${path}`,
    ...(domain === null ? [] : [`Domain=${domain}`]),
    ...(secure === 'always' || (secure === 'auto' && https) ? ['Secure'] : []),
    ...(httpOnly ? ['HttpOnly'] : []),
    `SameSite=${SAME_SITE[sameSite]}`,
  ];
  return `Set-Cookie: ${attributes.join('; ')}\r\nCache-Control: private\r\n`;
}

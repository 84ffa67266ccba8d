import { createHmac } from 'node:crypto';

/** Characters of every token; 6 bits each. */
export const TOKEN_LENGTH = 22;

/**
 * What a cookie says to mean one backend: an HMAC of its name. The same on every lb and after every restart with the same
 * secret, and the same whatever other backends come and go.
 *
 * Without a secret it is a digest of names alone: whoever guesses them can check the guess and make the token himself.
 */
export function stickyToken(secret: string | null, pool: string, backend: string): string {
  // No name can hold a line feed, so no two pairs of names are the same text.
  return createHmac('sha256', secret ?? '')
    .update(`lb sticky\n${pool}\n${backend}`)
    .digest('base64url')
    .slice(0, TOKEN_LENGTH);
}

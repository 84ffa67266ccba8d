import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { stickyToken, TOKEN_LENGTH } from '../../../src/sticky/sticky-token.ts';

const secret = 'sixteen-or-more-characters';

it('is an HMAC-SHA256 of the names, keyed with the secret', () => {
  const hmac = createHmac('sha256', secret).update('lb sticky\nweb\napp-1').digest('base64url');
  expect(stickyToken(secret, 'web', 'app-1')).toBe(hmac.slice(0, 22));
});

it('has one length and characters that need no quotes in a cookie', () => {
  for (const name of ['a', '10.0.0.11:3000', 'é', 'x'.repeat(128)]) {
    expect(stickyToken(secret, 'web', name)).toMatch(/^[\w-]{22}$/);
    expect(stickyToken(null, 'web', name)).toHaveLength(TOKEN_LENGTH);
  }
});

it('differs by secret, pool and backend', () => {
  const tokens = [secret, `${secret}.`, null].flatMap((key) =>
    [
      ['web', 'a'],
      ['web', 'b'],
      ['api', 'a'],
      ['weba', ''],
    ].map(([pool = '', backend = '']) => stickyToken(key, pool, backend)),
  );
  expect(new Set(tokens).size).toBe(12);
});

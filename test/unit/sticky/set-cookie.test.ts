import { describe, expect, it } from 'vitest';
import { type StickyCookieOptions, setCookieLines } from '../../../src/sticky/set-cookie.ts';

const standard: StickyCookieOptions = {
  cookie: 'lb',
  ttlMs: 0,
  path: '/',
  domain: null,
  sameSite: 'lax',
  secure: 'auto',
  httpOnly: true,
};

/** The Set-Cookie line for the token `t`. */
function lineWith(changes: Partial<StickyCookieOptions>, https = false): string {
  return setCookieLines({ ...standard, ...changes }, 't', https).split('\r\n')[0] ?? '';
}

describe('the lines that set a cookie', () => {
  it('are safe by default, and keep shared caches from handing the cookie on', () => {
    expect(setCookieLines(standard, 't', false)).toBe(
      'Set-Cookie: lb=t; Path=/; HttpOnly; SameSite=Lax\r\nCache-Control: private\r\n',
    );
  });

  it('say every attribute that is configured', () => {
    const all = {
      cookie: '__Secure-x',
      ttlMs: 3_600_000,
      path: '/app',
      domain: 'shop.test',
      sameSite: 'none',
      secure: 'always',
      httpOnly: false,
    } as const;
    expect(lineWith(all)).toBe(
      'Set-Cookie: __Secure-x=t; Max-Age=3600; Path=/app; Domain=shop.test; Secure; SameSite=None',
    );
    expect(lineWith({ sameSite: 'strict' })).toContain('; SameSite=Strict');
  });

  it('never delete the cookie: a part of a second counts as a whole one', () => {
    expect(lineWith({ ttlMs: 1 })).toContain('; Max-Age=1;');
    expect(lineWith({ ttlMs: 1001 })).toContain('; Max-Age=2;');
  });

  it.each([
    ['auto', false, false],
    ['auto', true, true],
    ['always', false, true],
    ['always', true, true],
    ['never', false, false],
    ['never', true, false],
  ] as const)(
    'with secure: %s for a client by https (%s) say Secure: %s',
    (secure, https, said) => {
      expect(lineWith({ secure }, https).includes('; Secure;')).toBe(said);
    },
  );
});

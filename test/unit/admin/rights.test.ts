import { describe, expect, it } from 'vitest';
import { type Rights, refusalOf } from '../../../src/admin/rights.ts';
import type { Access } from '../../../src/api/endpoint.ts';

const TOKEN = 'a-token-of-enough-length';
const control: Rights = { trusted: true, openReads: true, token: null };
const loopback: Rights = { trusted: false, openReads: true, token: TOKEN };
const elsewhere: Rights = { trusted: false, openReads: false, token: TOKEN };
const accesses: readonly Access[] = ['open', 'read', 'change', 'local'];

/** The status of each access in order; 200 for what is allowed. */
const statuses = (rights: Rights, authorization: string | null) =>
  accesses.map((access) => refusalOf(access, authorization, rights)?.status ?? 200);

describe('rights', () => {
  it.each([
    ['the control socket', control, null, [200, 200, 200, 200]],
    ['loopback without the token', loopback, null, [200, 200, 401, 403]],
    ['loopback with the token', loopback, `Bearer ${TOKEN}`, [200, 200, 200, 403]],
    [
      'loopback where none is configured',
      { ...loopback, token: null },
      `Bearer ${TOKEN}`,
      [200, 200, 403, 403],
    ],
    ['elsewhere without the token', elsewhere, null, [200, 401, 401, 403]],
    ['elsewhere with the token', elsewhere, `bearer  ${TOKEN} `, [200, 200, 200, 403]],
    [
      'elsewhere where none is configured',
      { ...elsewhere, token: null },
      null,
      [200, 403, 403, 403],
    ],
  ])('of %s', (_, rights, authorization, expected) => {
    expect(statuses(rights, authorization)).toEqual(expected);
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer x ${TOKEN}`,
    `Bearer ${TOKEN.replace('a', 'b')}`,
  ])('are not had by %j', (authorization) =>
    expect(refusalOf('change', authorization, loopback)?.status).toBe(401),
  );

  it('say how to get them', () => {
    const why = refusalOf('change', null, { ...loopback, token: null })?.message;
    expect(why).toContain('set global.admin.token');
    expect(why).toContain('control socket');
  });
});

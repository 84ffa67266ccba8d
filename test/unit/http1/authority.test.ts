import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostOf, isAuthority } from '../../../src/http1/authority.ts';

describe('an authority', () => {
  it.each([
    'a',
    'example.com',
    'EXAMPLE.com.',
    'my_service',
    'xn--bcher-kva.example',
    'a:80',
    'a:',
    'a:00080',
    'a:99999',
    '192.0.2.1',
    '192.0.2.1:8080',
    '[::]',
    '[::1]:80',
    '[2001:DB8:0:0:0:0:0:1]',
    '[::ffff:192.0.2.1]:',
    'a%2d',
    'a%2D%20b:80',
    "a-b~c!d$e&f'g(h)i*j+k,l;m=n",
  ])('may be %j', (text) => {
    expect(isAuthority(text)).toBe(true);
  });

  it.each([
    '',
    ':',
    ':80',
    'a b',
    ' a',
    'a ',
    'user@a',
    'user:pass@a',
    'a/',
    'a?',
    'a#',
    'a\\b',
    'a"b',
    'a<b>',
    'a^b',
    'a|b',
    'a\tb',
    'a\0',
    'caf\xe9',
    'caf\u0119',
    'a:80a',
    'a:80:80',
    'a: 80',
    'a:+80',
    '::1',
    '[::1',
    '[::1]]',
    '[::1]80',
    '[::1]:8o',
    '[::1]:80:80',
    '[]',
    '[]:80',
    '[::1]a',
    '[::1%25eth0]',
    '[::1%eth0]',
    '[a.example]',
    '[192.0.2.1]',
    '[1::2::3]',
    '[:1]',
    '[12345::]',
    '[v1.a]',
    'a[::1]',
    'a%',
    'a%2',
    'a%2g',
    'a%g2',
    'a%:80',
    'a%2:80',
    'a%\xb22',
  ])('is not %j', (text) => {
    expect(isAuthority(text)).toBe(false);
  });

  it('has any IPv6 address in brackets', () => {
    fc.assert(fc.property(fc.ipV6(), (address) => isAuthority(`[${address}]:80`)));
  });

  it('has any IPv4 address and any domain', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.domain()), fc.nat(65_535), (host, port) =>
        isAuthority(`${host}:${port}`),
      ),
    );
  });
});

describe('the host of an authority', () => {
  it.each([
    ['a', 'a'],
    ['A.Example', 'a.example'],
    ['a:80', 'a'],
    ['a:', 'a'],
    ['a.', 'a'],
    ['a.:80', 'a'],
    ['.', '.'],
    ['a..', 'a.'],
    ['192.0.2.1:80', '192.0.2.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8::A]:80', '[2001:db8::a]'],
    ['[::1]:', '[::1]'],
    ['', ''],
  ])('%j is %j', (authority, host) => {
    expect(hostOf(authority)).toBe(host);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anonymousAddress, redactedQuery } from '../../../src/middleware/anonymous.ts';

describe('anonymousAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:0DB8:0001::1', '2001:db8:1::'],
    ['2001:db8::1', '2001:db8::'],
    ['0:0:1::1', '0:0:1::'],
    ['::1', '::'],
    ['fe80::1%eth0', 'fe80::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::'],
    ['::ffff:192.0.2.33', '::'],
    ['1:2:3:4:5:6:192.0.2.33', '1:2:3::'],
    ['', ''],
    ['unix', ''],
  ])('makes of %s %s', (address, network) => expect(anonymousAddress(address)).toBe(network));

  it('tells no two clients of one network apart', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV4(), (v6, v4) => {
        const network = anonymousAddress(v6);
        expect(anonymousAddress(network)).toBe(network);
        expect(network).toMatch(/^([\da-f]{1,4}:){0,3}:?:$/);
        expect(anonymousAddress(v4)).toBe(v4.replace(/\d+$/, '0'));
      }),
    );
  });
});

describe('redactedQuery', () => {
  it.each([
    ['a=1', 'a=***'],
    ['a=1&b=2&a=3', 'a=***&b=***&a=***'],
    ['a=1=2', 'a=***'],
    ['a==b', 'a=***'],
    ['token', '***'],
    ['dG9rZW4=', '***'],
    ['dG9rZW4==', '***'],
    ['=secret', '***'],
    ['a=1&&b=2&', 'a=***&&b=***&'],
    ['a=1;b=2', 'a=***'],
    ['', ''],
  ])('makes of %s %s', (query, redacted) => expect(redactedQuery(query)).toBe(redacted));

  it('shows no value, and no name but those of values', () => {
    const name = fc.stringMatching(/^[a-z]{1,5}$/);
    const value = fc.stringMatching(/^[A-Z0-9=]{1,9}$/);
    const bare = fc.stringMatching(/^[A-Z0-9]{1,9}={0,2}$/);
    fc.assert(
      fc.property(fc.array(fc.oneof(bare, fc.tuple(name, value))), (parts) => {
        const query = parts.map((part) => (typeof part === 'string' ? part : part.join('=')));
        expect(redactedQuery(query.join('&'))).toMatch(/^[a-z=*&]*$/);
      }),
    );
  });
});

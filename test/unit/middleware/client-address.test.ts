import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, forwardedFor, hopAddress } from '../../../src/middleware/client-address.ts';
import { TrustedProxies } from '../../../src/middleware/trusted-proxies.ts';
import { getWith } from './read-head.ts';

const trusted = new TrustedProxies(['10.0.0.0/8', 'fd00::/8']);
const peer = '10.0.0.1';
const clientOf = (...fields: readonly string[]) =>
  clientAddress(getWith(...fields).parser.fields, peer, trusted);

describe('one hop', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['\t 192.0.2.1 ', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::FFFF:192.0.2.1]:80', '192.0.2.1'],
  ])('reads %j', (hop, address) => expect(hopAddress(hop)).toBe(address));

  it.each([
    ...['', ' ', 'unknown', '_hidden', 'client.test', '192.0.2', '192.0.2.256', '192.0.2.1:'],
    ...['192.0.2.1:x', '192.0.2.1:123456', '[192.0.2.1]', '[2001:db8::1', '2001:db8::1]', '[]'],
    ...['[2001:db8::1]x', 'fe80::1%eth0', '192.0.2.1 198.51.100.1', '"192.0.2.1"', '\xa0192.0.2.1'],
  ])('does not take %j for an address', (hop) => expect(hopAddress(hop)).toBeNull());
});

describe('one element of Forwarded', () => {
  it.each([
    ['for=192.0.2.1', '192.0.2.1'],
    [' For="192.0.2.1:4711" ; proto=https', '192.0.2.1'],
    ['proto=http;by=203.0.113.1;FOR="[2001:db8::1]:4711"', '2001:db8::1'],
    ['host="a;for=6.6.6.6, for=6.6.6.6";for=192.0.2.1', '192.0.2.1'],
  ])('reads %j', (element, address) => expect(forwardedFor(element)).toBe(address));

  it.each([
    ...['', 'for=', 'for', '=192.0.2.1', 'proto=http', 'for=unknown', 'for=_gazonk'],
    ...[
      'for=2001:db8::1',
      'for=[2001:db8::1]',
      'for="192.0.2.1',
      'for=192.0.2.1"',
      'for = 192.0.2.1',
    ],
    ...[
      'for=192.0.2.1;for=192.0.2.1',
      'for=192.0.2.1 proto=http',
      'for="192.0.2.1\\"',
      'xfor=1.1.1.1',
    ],
  ])('does not find an address in %j', (element) => expect(forwardedFor(element)).toBeNull());
});

describe('the client of a trusted peer', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 10.0.0.3,fd00::2', '203.0.113.9'],
    ['203.0.113.9:4711, [fd00::2]:80', '203.0.113.9'],
    ['10.0.0.2, 10.0.0.3', '10.0.0.2'],
    ['203.0.113.9, unknown, 10.0.0.3', '10.0.0.3'],
    ['203.0.113.9, , 10.0.0.3', '10.0.0.3'],
    ['203.0.113.9,', peer],
    ['not an address', peer],
    ['"203.0.113.9, 198.51.100.2', '198.51.100.2'],
    ['', peer],
  ])('is, by X-Forwarded-For: %s, %s', (list, address) => {
    expect(clientOf(`X-Forwarded-For: ${list}`)).toBe(address);
  });

  it('takes several X-Forwarded-For lines for one list', () => {
    const lines = ['198.51.100.1, 203.0.113.9', '10.0.0.4', '10.0.0.3'];
    expect(clientOf(...lines.map((line) => `X-Forwarded-For: ${line}`))).toBe('203.0.113.9');
  });

  it.each([
    ['for=198.51.100.1, for=203.0.113.9', '203.0.113.9'],
    ['for=203.0.113.9;host="a,for=6.6.6.6", for="[fd00::2]:80";proto=https', '203.0.113.9'],
    ['for=203.0.113.9, for=_hidden, for=10.0.0.3', '10.0.0.3'],
    ['for="6.6.6.6, for=203.0.113.9', '203.0.113.9'],
    ['for=6.6.6.6;host="x, for="[fd00::2]"', 'fd00::2'],
    ['nonsense', peer],
  ])('is, by Forwarded: %s, %s', (list, address) => {
    expect(clientOf(`Forwarded: ${list}`)).toBe(address);
  });

  it('is told by Forwarded only where X-Forwarded-For is absent', () => {
    const forwarded = 'Forwarded: for=192.0.2.66';
    expect(clientOf(forwarded)).toBe('192.0.2.66');
    expect(clientOf(forwarded, 'X-Forwarded-For: 203.0.113.9')).toBe('203.0.113.9');
    expect(clientOf(forwarded, 'X-Forwarded-For: unknown')).toBe(peer);
  });

  it('is never decided by what stands to the left of an untrusted hop', () => {
    const junk = fc.string({ unit: fc.constantFrom(...'",; \\=[]:for10.2'), maxLength: 40 });
    fc.assert(
      fc.property(junk, (left) => {
        expect(clientOf(`X-Forwarded-For: ${left}, 203.0.113.9, 10.0.0.3`)).toBe('203.0.113.9');
        const chain = 'for=203.0.113.9;host="shop.test", for="[fd00::2]:80"';
        expect(clientOf(`Forwarded: ${left}, ${chain}`)).toBe('203.0.113.9');
      }),
      { numRuns: 1000 },
    );
  });
});

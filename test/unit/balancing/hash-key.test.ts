import { expect, it } from 'vitest';
import type { KeySource } from '../../../src/balancing/algorithm.ts';
import { hashText, keyForAttempt } from '../../../src/balancing/hash.ts';
import { compileKey, type KeySubject, keySource } from '../../../src/balancing/hash-key.ts';

const nothing: KeySubject = {
  clientAddress: '192.0.2.1',
  path: '',
  header: () => '',
  cookie: () => '',
  query: () => '',
};

function clientKey(clientAddress: string, ipv6Prefix = 128): number {
  const source: KeySource = { of: 'client_ip', name: '', ipv6Prefix };
  return compileKey(source)({ ...nothing, clientAddress });
}

it.each([
  ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['1::', '1:0:0:0:0:0:0:0'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['::ffff:192.0.2.7%3', '192.0.2.7'],
])('takes %s and %s for the same client', (one, other) => {
  expect(clientKey(one)).toBe(clientKey(other));
});

it.each([
  ['192.0.2.1', '192.0.2.2'],
  ['192.0.2.1', '192.0.21.1'],
  ['1.0.0.0', '0.0.0.1'],
  ['2001:db8::1', '2001:db8::2'],
  ['2001:db8:1::', '2001:db8::1:0'],
  ['::1', '1::'],
  ['::ffff:192.0.2.7', '::192.0.2.7'],
])('tells %s from %s', (one, other) => {
  expect(clientKey(one)).not.toBe(clientKey(other));
});

it('takes those of one IPv6 network for the same client where its prefix says so', () => {
  expect(clientKey('2001:db8:0:7::1', 64)).toBe(clientKey('2001:db8:0:7:ffff:1:2:3', 64));
  expect(clientKey('2001:db8:0:7::1', 64)).not.toBe(clientKey('2001:db8:0:8::1', 64));
  expect(clientKey('2001:db8:0:70::1', 60)).toBe(clientKey('2001:db8:0:7f::1', 60));
  expect(clientKey('2001:db8:0:70::1', 60)).not.toBe(clientKey('2001:db8:0:80::1', 60));
  expect(clientKey('8000::', 1)).toBe(clientKey('ffff::', 1));
  expect(clientKey('192.0.2.1', 64)).not.toBe(clientKey('192.0.2.2', 64));
});

it('has a key for clients without an address', () => {
  expect(clientKey('unix')).toBe(hashText('unix'));
  expect(clientKey('')).toBe(hashText(''));
  const read = compileKey({ of: 'client_ip', name: '', ipv6Prefix: 128 });
  const keys = ['unix:', '1:2:3:4:5:6:7:8', 'unix:'].map((clientAddress) => {
    return read({ ...nothing, clientAddress });
  });
  expect(keys[2]).toBe(keys[0]); // whatever came before
});

it.each([
  ['path', 'path', '/a/b'],
  [{ header: 'X-User' }, 'header', 'ada'],
  [{ cookie: 'session' }, 'cookie', '1234'],
  [{ query: 'id' }, 'query', '77'],
] as const)('reads %j, and goes by the client where a request has none', (form, part, value) => {
  const read = compileKey(keySource(form));
  const name = typeof form === 'string' ? '' : Object.values(form)[0];
  const subject = {
    ...nothing,
    [part]: part === 'path' ? value : (asked: string) => (asked === name ? value : ''),
  };
  expect(read(subject)).toBe(hashText(value));
  expect(read(nothing)).toBe(clientKey('192.0.2.1'));
});

it('gives signed numbers of 32 bits that fill all of them evenly', () => {
  const buckets = new Uint32Array(64);
  const texts = Array.from({ length: 64_000 }, (_, n) => `user-${n}`);
  const addresses = texts.map((_, n) => `10.0.${n >> 8}.${n & 255}`);
  for (const keys of [texts.map((text) => hashText(text)), addresses.map((a) => clientKey(a))]) {
    buckets.fill(0);
    expect(keys.every((key) => (key | 0) === key)).toBe(true);
    for (const key of keys) buckets[key >>> 26] = buckets[key >>> 26]! + 1;
    // Chi-square with 63 degrees of freedom: above 112 in one of 10,000 cases.
    const chiSquare = buckets.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(112);
    expect(chiSquare).toBeGreaterThan(25);
  }
});

it('gives another attempt another key, and the first its own', () => {
  expect(keyForAttempt(12_345, 0)).toBe(12_345);
  const keys = Array.from({ length: 5 }, (_, attempt) => keyForAttempt(12_345, attempt));
  expect(new Set(keys).size).toBe(5);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../../src/foundation/address.ts';

const tcp = (host: string, port: number): Address => ({ kind: 'tcp', host, port });

it.each<[string, Address]>([
  ['10.0.0.1:80', tcp('10.0.0.1', 80)],
  [':8080', tcp('', 8080)],
  [':0', tcp('', 0)],
  ['localhost:65535', tcp('localhost', 65535)],
  ['WWW.Example.com:80', tcp('www.example.com', 80)],
  ['app_1.internal:80', tcp('app_1.internal', 80)],
  ['[::1]:80', tcp('::1', 80)],
  ['[0:0::0001]:80', tcp('::1', 80)],
  ['[2001:DB8::]:80', tcp('2001:db8::', 80)],
  ['[fe80::1%eth0]:80', tcp('fe80::1%eth0', 80)],
  ['unix:/run/lb.sock', { kind: 'unix', path: '/run/lb.sock' }],
  ['unix:/run/with space', { kind: 'unix', path: '/run/with space' }],
])('reads %s', (text, address) => expect(parseAddress(text)).toEqual(address));

it.each([
  '',
  '80',
  'localhost',
  'localhost:',
  'localhost:65536',
  'localhost:123456',
  'localhost:-1',
  'localhost: 80',
  ' localhost:80',
  'local host:80',
  '*:80',
  'a..b:80',
  `${'a'.repeat(64)}:80`,
  '::1:80',
  '[::1]',
  '[localhost]:80',
  '[127.0.0.1]:80',
  '[::1',
  '10.0.0.300:80',
  '10.0.0:80',
  'http://localhost:80',
  'unix:',
  'unix:relative',
  'unix:/a\u0000b',
  `unix:/${'a'.repeat(107)}`,
])('refuses %j', (text) => expect(parseAddress(text)).toBeNull());

it('takes the longest unix path that the system takes', () => {
  expect(parseAddress(`unix:/${'a'.repeat(106)}`)).not.toBeNull();
});

it('reads back whatever it writes', () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.constant(''));
  const port = fc.integer({ min: 0, max: 65535 });
  fc.assert(
    fc.property(host, port, (name, number) => {
      const text = `${name.includes(':') ? `[${name}]` : name}:${number}`;
      const address = parseAddress(text);
      expect(address).not.toBeNull();
      if (address !== null) expect(parseAddress(formatAddress(address))).toEqual(address);
    }),
  );
});

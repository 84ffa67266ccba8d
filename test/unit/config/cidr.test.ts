import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCidr } from '../../../src/config/cidr.ts';

it.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.1.2.3', '10.1.2.3/32'],
  ['10.1.2.3/32', '10.1.2.3/32'],
  ['::/0', '::/0'],
  ['::1', '::1/128'],
  ['FD00:0::/8', 'fd00::/8'],
  ['2001:db8:0:0:1::/80', '2001:db8:0:0:1::/80'],
  ['::ffff:10.0.0.0/104', '::ffff:10.0.0.0/104'],
])('reads %s as %s', (text, canonical) => {
  expect(parseCidr(text)).toEqual({ ok: true, canonical });
});

it.each([
  ['10.0.0.1/8', '10.0.0.0/8'],
  ['192.168.255.0/20', '192.168.240.0/20'],
  ['fd00::1/8', 'fd00::/8'],
  ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
])('proposes the network of %s', (text, network) => {
  expect(parseCidr(text)).toEqual({ ok: false, network });
});

it.each([
  '',
  '/8',
  'localhost',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/08',
  '10.0.0.0/8/8',
  '10.0.0/8',
  '::/129',
  'fe80::1%eth0',
  '10.0.0.0/-1',
])('refuses %j', (text) => expect(parseCidr(text)).toEqual({ ok: false, network: null }));

it('agrees with node:net about who is inside', () => {
  const bits = fc.integer({ min: 0, max: 32 });
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), bits, (address, other, prefix) => {
      const result = parseCidr(`${address}/${prefix}`);
      const canonical = result.ok ? result.canonical : (result.network ?? '');
      const [network = ''] = canonical.split('/');
      const given = new BlockList();
      given.addSubnet(address, prefix);
      const ours = new BlockList();
      ours.addSubnet(network, prefix);
      expect(ours.check(other)).toBe(given.check(other));
      expect(ours.check(address)).toBe(true);
      expect(parseCidr(canonical)).toEqual({ ok: true, canonical });
    }),
  );
});

it('reads every IPv6 network that it proposes', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, prefix) => {
      const result = parseCidr(`${address}/${prefix}`);
      const canonical = result.ok ? result.canonical : (result.network ?? '');
      expect(parseCidr(canonical)).toEqual({ ok: true, canonical });
    }),
  );
});

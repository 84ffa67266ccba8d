import { expect, it } from 'vitest';
import { TrustedProxies } from '../../../src/middleware/trusted-proxies.ts';

const trusted = new TrustedProxies(['10.0.0.0/8', '192.0.2.7/32', 'fd00::/8']);

it.each(['10.0.0.0', '10.255.255.255', '192.0.2.7', 'fd00::1', 'FDFF::1', '::ffff:10.1.2.3'])(
  'includes %s',
  (address) => expect(trusted.includes(address)).toBe(true),
);

it.each(['11.0.0.0', '192.0.2.8', 'fe80::1', 'fe80::1%eth0', '::ffff:11.0.0.1', '', 'unknown'])(
  'does not include %j',
  (address) => expect(trusted.includes(address)).toBe(false),
);

it('includes nobody when nobody is named', () => {
  expect(new TrustedProxies([]).includes('127.0.0.1')).toBe(false);
});

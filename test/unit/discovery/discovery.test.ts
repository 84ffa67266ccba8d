import { expect, it, onTestFinished } from 'vitest';
import { Endpoint } from '../../../src/backend/endpoint.ts';
import { expand } from '../../../src/discovery/expand.ts';
import { addressOf, TestDiscovery } from './make-discovery.ts';

function start() {
  const test = new TestDiscovery();
  onTestFinished(() => test.discovery.stop());
  return { test, discovery: test.discovery };
}

it('resolves each name once, whoever wants it, and no IP address', () => {
  const { test, discovery } = start();
  const addresses = [addressOf('a.test', 1), addressOf('a.test', 2), addressOf('b.test')];
  void discovery.watch([...addresses, addressOf('10.0.0.1'), { kind: 'unix', path: '/run/a' }]);
  void discovery.watch(addresses);
  expect(test.asked).toEqual(['a.test', 'b.test']);
});

it('waits until every name has been tried, well or not', async () => {
  const { test, discovery } = start();
  let done = false;
  const watched = discovery.watch([addressOf('a.test'), addressOf('b.test')]).then(() => {
    done = true;
  });
  await test.answer(['10.0.0.1']);
  expect(done).toBe(false);
  await test.fail('ENOTFOUND');
  await watched;
  expect(done).toBe(true);
});

it('points an endpoint at the address of its name, and shares it with the others there', async () => {
  const { test, discovery } = start();
  test.watch('a.test');
  const endpoint = discovery.endpointOf(addressOf('a.test', 8080));
  expect(discovery.endpointOf(addressOf('a.test', 8080))).toBe(endpoint);
  expect(endpoint.target).toBeNull();
  await test.answer(['10.0.0.1'], 1000);
  expect(endpoint.target).toEqual(addressOf('10.0.0.1', 8080));
  test.pass(1100);
  await test.answer(['10.0.0.2']);
  expect(endpoint.target).toEqual(addressOf('10.0.0.2', 8080));
  expect(discovery.endpointOf(addressOf('a.test', 9)).target).toEqual(addressOf('10.0.0.2', 9));
});

it('forgets the names that nobody wants any more', async () => {
  const { test, discovery } = start();
  test.watch('a.test');
  test.watch('b.test');
  const before = discovery.endpointOf(addressOf('a.test'));
  discovery.retain([addressOf('b.test', 5)]);
  expect([...discovery.names].map(({ host }) => host)).toEqual(['b.test']);
  await test.answer(['10.0.0.1']); // to a.test
  expect(before.target).toBeNull();
  expect(test.told).toEqual([]);
  expect(discovery.endpointOf(addressOf('a.test'))).not.toBe(before);
});

it('keeps the address of an endpoint while the name has it', () => {
  const endpoint = new Endpoint(addressOf('a.test'));
  endpoint.resolve(['10.0.0.2']);
  const { target } = endpoint;
  endpoint.resolve(['10.0.0.1', '10.0.0.2']);
  expect(endpoint.target).toBe(target);
  endpoint.resolve(['10.0.0.1']);
  expect(endpoint.target).toEqual(addressOf('10.0.0.1'));
});

it('goes from address to address of a name while nobody accepts', () => {
  const endpoint = new Endpoint(addressOf('localhost'));
  endpoint.resolve(['127.0.0.1', '::1']);
  const [first] = [endpoint.target!]; // resolved above
  expect(endpoint.avoid(first)).toBe(true);
  expect(endpoint.target).toEqual(addressOf('::1'));
  // Several connections to the first fail together.
  endpoint.avoid(first);
  expect(endpoint.target).toEqual(addressOf('::1'));
  endpoint.avoid(endpoint.target!); // resolved above
  expect(endpoint.target).toBe(first);
});

it('has nowhere else to go with a single address', () => {
  const endpoint = new Endpoint(addressOf('127.0.0.1'));
  expect(endpoint.avoid(endpoint.target!)).toBe(false); // an IP address is its own target
  expect(endpoint.target).toEqual(addressOf('127.0.0.1'));
});

it('makes one backend of each address of a name, under a name that stays', () => {
  const addressesOf = (host: string) => (host === 'api.test' ? ['10.0.0.1', 'fd00::1'] : []);
  const members = [
    { name: 'api', address: addressOf('api.test'), resolve: 'all', weight: 3 },
    { name: 'one', address: addressOf('api.test', 81), resolve: 'one', weight: 1 },
    { name: 'new', address: addressOf('new.test'), resolve: 'all', weight: 1 },
    { name: 'ip', address: addressOf('10.0.0.9'), resolve: 'one', weight: 1 },
  ] as const;
  expect(expand(members, addressesOf)).toEqual([
    { name: 'api@10.0.0.1', address: addressOf('10.0.0.1'), resolve: 'all', weight: 3 },
    { name: 'api@fd00::1', address: addressOf('fd00::1'), resolve: 'all', weight: 3 },
    ...members.slice(1),
  ]);
});

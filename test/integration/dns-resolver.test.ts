import { expect, it } from 'vitest';
import type { AddressFamily } from '../../src/discovery/system-resolver.ts';
import { SystemResolver } from '../../src/discovery/system-resolver.ts';
import { startDns } from '../helpers/start-dns.ts';

async function startResolver(
  records: Parameters<typeof startDns>[0],
  family: AddressFamily = 'any',
) {
  const dns = await startDns(records);
  return { dns, resolver: new SystemResolver({ servers: [dns.address], family }) };
}

const dual = { 'api.test': { addresses: ['10.0.0.1', '10.0.0.2', 'fd00::1'], ttlSeconds: 7 } };

it.each([
  ['any', ['10.0.0.1', '10.0.0.2', 'fd00::1'], ['api.test A', 'api.test AAAA']],
  ['ipv4', ['10.0.0.1', '10.0.0.2'], ['api.test A']],
  ['ipv6', ['fd00::1'], ['api.test AAAA']],
] as const)(
  'asks for the addresses of family %s, and how long they live',
  async (family, addresses, asked) => {
    const { dns, resolver } = await startResolver(dual, family);
    const answer = await resolver.resolve('api.test');
    expect(answer).toEqual({ addresses, ttlMs: 7000, partial: false });
    expect([...dns.questions].sort()).toEqual(asked);
  },
);

it('takes a name with addresses of one family only for a whole answer', async () => {
  const { resolver } = await startResolver({
    'api.test': { addresses: ['10.0.0.1'], ttlSeconds: 1 },
  });
  expect(await resolver.resolve('api.test')).toMatchObject({ partial: false });
});

it('says that there may be more when one of the two questions goes wrong', async () => {
  const { resolver } = await startResolver({ ...dual, 'api.test AAAA': 'fail' });
  const addresses = ['10.0.0.1', '10.0.0.2'];
  expect(await resolver.resolve('api.test')).toEqual({ addresses, ttlMs: 7000, partial: true });
});

it('asks the configured servers alone about a name that they do not know', async () => {
  const { resolver } = await startResolver({});
  await expect(resolver.resolve('no.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolver.resolve('no-dot')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it('tells a server that fails from a name that is not there', async () => {
  const { resolver } = await startResolver({ 'api.test': 'fail' });
  await expect(resolver.resolve('api.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
});

it('leaves localhost to the system, whatever the server says', async () => {
  const { dns, resolver } = await startResolver({
    localhost: { addresses: ['10.0.0.1'], ttlSeconds: 1 },
  });
  const { addresses } = await resolver.resolve('localhost');
  expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining([...addresses]));
  expect(dns.questions).toEqual([]);
});

it('gives up what is under way, and what waits for its turn, when it is told to', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `api-${n}.test`);
  const silent = names.map((name) => [name, 'silent'] as const);
  const { dns, resolver } = await startResolver(Object.fromEntries(silent), 'ipv4');
  const asked = Promise.all(names.slice(0, 16).map((name) => dns.asked(name)));
  const resolutions = Promise.allSettled(names.map((name) => resolver.resolve(name)));
  await asked;
  resolver.cancel();
  for (const result of await resolutions) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ECANCELLED' } });
  }
  expect(dns.questions).toHaveLength(16);
});

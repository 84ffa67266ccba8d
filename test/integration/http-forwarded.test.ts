import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { named, startRelay } from '../helpers/relay.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const GET = ['GET /who HTTP/1.1', 'Host: Shop.test:8080'];
const trusting = { global: { trusted_proxies: ['127.0.0.0/8', '10.0.0.0/8'] } };
const everything = { forwarding: { forwarded: true } };
const nothing = {
  forwarding: {
    x_forwarded_for: false,
    x_forwarded_proto: false,
    x_forwarded_host: false,
    x_forwarded_port: false,
    forwarded: false,
    request_id: false,
  },
};
const claims = [
  'X-Forwarded-For: 198.51.100.7, 203.0.113.9',
  'x-forwarded-proto: https',
  'X-FORWARDED-HOST: evil.test',
  'X-Forwarded-Port: 443',
  'Forwarded: for=198.51.100.7;proto=https',
  'X-Request-ID: claimed-1',
];

it('tells the backend who asked, by which scheme, for which host and port, and gives the request an id', async () => {
  const { lb, relayed } = await startRelay();
  const lines = await relayed(...GET);
  const { request_id: id = '' } = await lb.line({ path: '/who' });
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(lines.slice(2)).toEqual([
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    `X-Forwarded-Port: ${lb.address('web').split(':')[1]}`,
    `X-Request-ID: ${id}`,
    'X-Forwarded-Host: Shop.test:8080',
  ]);
});

it('appends to Forwarded where it is told to', async () => {
  const { relayed } = await startRelay({ listener: everything });
  const own = 'for=127.0.0.1;host="Shop.test:8080";proto=http';
  expect(named(await relayed(...GET), 'forwarded')).toEqual([`Forwarded: ${own}`]);
});

it('writes IPv6 into Forwarded in quotes and brackets', async () => {
  const { relayed } = await startRelay({ listener: { ...everything, bind: '[::1]:0' } });
  const lines = await relayed(...GET);
  expect(lines).toContain('X-Forwarded-For: ::1');
  expect(named(lines, 'forwarded').join()).toContain('for="[::1]";');
});

describe('a peer that is not trusted', () => {
  it('has every claim replaced', async () => {
    const { lb, relayed } = await startRelay({ listener: everything });
    const lines = await relayed(...GET, ...claims, ...claims);
    expect(lines.join('\n')).not.toMatch(/198\.51|203\.0|https|evil|443|claimed/);
    expect(lines).toHaveLength(2 + 6);
    expect(await lb.line({ path: '/who' })).toMatchObject({ client_ip: '127.0.0.1' });
  });

  it('has them dropped even where lb writes no such field', async () => {
    const { lb, relayed } = await startRelay({ listener: nothing });
    expect(await relayed(...GET, ...claims)).toEqual(GET);
    expect(await lb.line({ path: '/who' })).toMatchObject({ request_id: '' });
  });
});

const clients = [
  ['X-Forwarded-For: 198.51.100.7, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['X-Forwarded-For: 203.0.113.9:4711, 10.0.0.2:80', '203.0.113.9'],
  ['X-Forwarded-For: [2001:db8::1]:4711', '2001:db8::1'],
  ['X-Forwarded-For: 203.0.113.9, unknown, 10.0.0.2', '10.0.0.2'],
  ['X-Forwarded-For: nonsense', '127.0.0.1'],
  ['Forwarded: for=198.51.100.7, for="203.0.113.9:4711";proto=https, for=10.0.0.2', '203.0.113.9'],
  ['Forwarded: for="[2001:db8::1]"', '2001:db8::1'],
  ['Forwarded: for=203.0.113.9, for=_hidden', '127.0.0.1'],
  ['X-Forwarded-For: 203.0.113.9\r\nForwarded: for=192.0.2.66', '203.0.113.9'],
] as const;

describe('a trusted proxy', () => {
  it('has its lists continued and its other fields kept', async () => {
    const { lb, relayed } = await startRelay({ ...trusting, listener: everything });
    const own = 'for=127.0.0.1;host="Shop.test:8080";proto=http';
    expect((await relayed(...GET, ...claims)).slice(2)).toEqual([
      'x-forwarded-proto: https',
      'X-FORWARDED-HOST: evil.test',
      'X-Forwarded-Port: 443',
      'X-Forwarded-For: 198.51.100.7, 203.0.113.9, 127.0.0.1',
      'X-Request-ID: claimed-1',
      `Forwarded: for=198.51.100.7;proto=https, ${own}`,
    ]);
    expect(await lb.line({ path: '/who' })).toMatchObject({
      client_ip: '203.0.113.9',
      request_id: 'claimed-1',
    });
  });

  it('has all of them kept as they came where lb writes no such field', async () => {
    const { relayed } = await startRelay({ ...trusting, listener: nothing });
    expect(await relayed(...GET, ...claims)).toEqual([...GET, ...claims]);
  });

  it('that says what it was asked for, but not at which port, is not given that of lb', async () => {
    const { relayed } = await startRelay(trusting);
    for (const field of ['X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.test']) {
      expect(named(await relayed(...GET, field), 'x-forwarded-port')).toEqual([]);
    }
  });

  it('has an id replaced that is not one of 1 to 128 visible characters', async () => {
    const { relayed } = await startRelay(trusting);
    for (const ids of [['a b'], ['x'.repeat(129)], [''], ['one', 'two']]) {
      const lines = await relayed(...GET, ...ids.map((id) => `X-Request-ID: ${id}`));
      expect(named(lines, 'x-request-id')).toEqual([expect.stringMatching(/: [0-9a-f]{32}$/)]);
    }
  });

  it('has several lines of X-Forwarded-For made one list', async () => {
    const { lb, relayed } = await startRelay(trusting);
    const fields = ['X-Forwarded-For: 198.51.100.7, 203.0.113.9', 'X-Forwarded-For: 10.0.0.2'];
    expect(named(await relayed(...GET, ...fields), 'x-forwarded-for')).toEqual([
      'X-Forwarded-For: 198.51.100.7, 203.0.113.9, 10.0.0.2, 127.0.0.1',
    ]);
    expect(await lb.line({ path: '/who' })).toMatchObject({ client_ip: '203.0.113.9' });
  });

  it('makes the client known, by the right-most hop that is not trusted', async () => {
    const { lb, relayed } = await startRelay(trusting);
    for (const [at, [field, clientIp]] of clients.entries()) {
      await relayed(`GET /${at} HTTP/1.1`, 'Host: lb.test', field);
      expect(await lb.line({ path: `/${at}` }), field).toMatchObject({ client_ip: clientIp });
    }
  });
});

it('knows no address of a peer on a Unix socket, and does not trust it', async () => {
  const bind = `unix:${join(makeTempDir(), 'web.sock')}`;
  const { relayed } = await startRelay({ ...trusting, listener: { ...everything, bind } });
  const lines = await relayed(...GET, ...claims);
  expect(named(lines, 'x-forwarded-for')).toEqual([]);
  expect(named(lines, 'x-forwarded-port')).toEqual([]);
  expect(named(lines, 'forwarded')).toEqual([
    'Forwarded: for=unknown;host="Shop.test:8080";proto=http',
  ]);
});

it('leaves a field to the route that sets or removes it', async () => {
  const edits = {
    set: { 'X-Forwarded-Proto': 'https' },
    remove: ['X-Forwarded-For', 'X-Request-ID'],
  };
  const routes = [{ pool: 'app', request_headers: edits }];
  const { relayed } = await startRelay({ listener: { routes } });
  const lines = await relayed(...GET, ...claims);
  expect(named(lines, 'x-forwarded-proto')).toEqual(['X-Forwarded-Proto: https']);
  expect(named(lines, 'x-forwarded-for')).toEqual([]);
  expect(named(lines, 'x-request-id')).toEqual([]);
});

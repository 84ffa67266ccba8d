import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Echo, startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

/** The fields that arrive at a backend when a client on loopback sends `fields`. */
async function arrivingFields(trustedProxies: readonly string[], fields: readonly string[]) {
  const { address } = await startEchoBackend();
  const global = { trusted_proxies: trustedProxies };
  const lb = await startLb(webConfig([address], { global }));
  const client = await connectRaw(lb.address('web'));
  client.send(['GET / HTTP/1.1', 'Host: shop.test:8080', ...fields, '', ''].join('\r\n'));
  const { headers } = JSON.parse((await client.response()).body) as Echo;
  return { headers, lb };
}

it('tells the backend who asked, by which scheme and for which host', async () => {
  const { headers } = await arrivingFields([], []);
  expect(headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.test:8080',
    host: 'shop.test:8080',
  });
});

const claims = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Proto: https',
  'x-forwarded-host: evil.test',
];

it('replaces what a client claims about itself', async () => {
  const { headers } = await arrivingFields([], claims);
  expect(headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.test:8080',
  });
});

it('believes and appends to what a trusted proxy says', async () => {
  const { headers } = await arrivingFields(['127.0.0.0/8'], claims);
  expect(headers).toMatchObject({
    'x-forwarded-for': '203.0.113.9, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.test',
  });
});

it('keeps hop-by-hop fields to itself, those named by Connection included', async () => {
  const { headers } = await arrivingFields(
    [],
    [
      'Connection: x-hop',
      'X-Hop: 1',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
    ],
  );
  expect(headers).not.toHaveProperty('x-hop');
  expect(headers).not.toHaveProperty('keep-alive');
  expect(headers).not.toHaveProperty('proxy-connection');
});

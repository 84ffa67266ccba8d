import { expect, it } from 'vitest';
import { runCurl } from '../helpers/curl.ts';
import type { ConfigPart } from '../helpers/lb-config.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { findRefusingAddress } from '../helpers/refusing-address.ts';
import { startRelay } from '../helpers/relay.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';

/** lb whose only backend refuses every connection, with a route for the host `known.test` alone. */
async function startRefusing(listener: ConfigPart = {}) {
  const routes = [{ match: { host: ['known.test'] }, pool: 'app' }];
  const config = webConfig([await findRefusingAddress()], { listener: { ...listener, routes } });
  const lb = await startLb(config);
  const ask = async (head: string) => {
    const client = await connectRaw(lb.address('web'));
    client.send(`${head}\r\n\r\n`);
    return client.response();
  };
  return { lb, ask };
}

/** The samples of one metric. */
async function samples(lb: Lb, name: string): Promise<readonly string[]> {
  const { stdout } = await runCurl(`http://${lb.adminAddress()}/metrics`);
  return stdout.split('\n').filter((line) => line.startsWith(`${name}{`));
}

it.each([
  ['bad_target', 'GET /# HTTP/1.1\r\nHost: known.test'],
  ['missing_host', 'GET / HTTP/1.1'],
  ['no_route', 'GET / HTTP/1.1\r\nHost: other.test'],
  ['connect_refused', 'GET / HTTP/1.1\r\nHost: known.test'],
])('says %s in body, field, log and counter, under one id', async (reason, head) => {
  const { lb, ask } = await startRefusing();
  const { body, headers } = await ask(head);
  expect(JSON.parse(body)).toMatchObject({ reason });
  expect(headers.get('x-lb-reason')).toBe(reason);
  const id = headers.get('x-request-id') ?? '';
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  await lb.line({ request_id: id, reason });
  expect(await samples(lb, 'request_failures_total')).toEqual([
    `request_failures_total{listener="web",reason="${reason}"} 1`,
  ]);
});

it('leaves out the fields it is told to leave out', async () => {
  const { ask } = await startRefusing({
    errors: { reason_header: false },
    forwarding: { request_id: false },
  });
  for (const head of ['GET / HTTP/1.1\r\nHost: other.test', 'GET / HTTP/9.9']) {
    const { body, headers } = await ask(head);
    expect(JSON.parse(body)).toHaveProperty('reason');
    expect(headers.has('x-lb-reason')).toBe(false);
    expect(headers.has('x-request-id')).toBe(false);
  }
});

it('gives no two requests the same id', async () => {
  const { lb, send } = await startRelay();
  const request = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';
  const client = await send(request.repeat(300).slice(0, -4));
  for (let left = 300; left > 0; left--) await client.response();
  const lines = await lb.someLines({ status: 200 }, 300);
  expect(new Set(lines.map((line) => line.request_id)).size).toBe(300);
});

it('logs and counts a connection that a limit refuses', async () => {
  const { lb, send } = await startRelay({ listener: { limits: { max_connections: 1 } } });
  const first = await send('GET / HTTP/1.1', 'Host: lb.test');
  await first.response();
  const second = await connectRaw(lb.address('web'));
  expect((await second.response()).headers.get('x-lb-reason')).toBe('connection_limit');
  const port = second.socket.localPort ?? 0;
  await lb.line({ client_port: port, status: 503, reason: 'connection_limit', request_id: '' });
  expect(await samples(lb, 'request_failures_total')).toEqual([
    'request_failures_total{listener="web",reason="connection_limit"} 1',
  ]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ConfigPart, webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Echo, startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

/** lb with this `global`, after one request through it. */
async function startAsked(global: ConfigPart) {
  const backend = await startEchoBackend();
  const lb = await startLb(webConfig([backend.address], { global }));
  const client = await connectRaw(lb.address('web'));
  const body = 'name=value';
  client.send(
    `POST /form?a=1 HTTP/1.1\r\nHost: Shop.Test\r\nUser-Agent: test/1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const response = await client.response();
  return { backend, lb, client, response };
}

it('writes one access line per request that tells what happened', async () => {
  const { backend, lb, client, response } = await startAsked({});
  expect(JSON.parse(response.body) as Echo).toMatchObject({ bodyBytes: 10 });
  expect(await lb.line({ method: 'POST' })).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    client_ip: '127.0.0.1',
    client_port: client.socket.localPort,
    listener: 'web',
    route: 'app',
    pool: 'app',
    backend: backend.address,
    method: 'POST',
    host: expect.stringMatching(/^shop\.test$/i),
    path: '/form',
    query: 'a=1',
    protocol: 'HTTP/1.1',
    status: 200,
    reason: '',
    bytes_in: 10,
    bytes_out: response.body.length,
    duration_ms: expect.any(Number),
    connect_ms: expect.any(Number),
    ttfb_ms: expect.any(Number),
    attempts: 1,
    reused: false,
    user_agent: 'test/1',
    generation: 1,
  });
});

it('writes access lines to a file of their own, complete when it has stopped', async () => {
  const output = join(makeTempDir(), 'access.log');
  const { lb } = await startAsked({ access_log: { output } });
  expect(await lb.stop()).toBe(0);
  expect(lb.lines.filter(({ msg }) => msg === undefined)).toEqual([]);
  const lines = readFileSync(output, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).path)).toEqual(['/form']);
});

it('writes no access lines when they are off', async () => {
  const { lb } = await startAsked({ access_log: { enabled: false } });
  expect(await lb.stop()).toBe(0);
  expect(lb.lines.filter(({ msg }) => msg === undefined)).toEqual([]);
});

it('answers on its admin address, and has none when it is off', async () => {
  const { lb } = await startAsked({});
  const client = await connectRaw(lb.adminAddress());
  client.send('GET /healthz HTTP/1.1\r\nHost: lb.test\r\nConnection: close\r\n\r\n');
  expect((await client.response()).status).toBe(200);
  const without = await startAsked({ admin: 'off' });
  expect(without.lb.lines.filter(({ msg }) => msg === 'admin listening')).toEqual([]);
});

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type ConfigPart, tcpConfig, webConfig } from '../helpers/lb-config.ts';
import { addressOf, close, listen } from '../helpers/listen.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { connectRaw, type RawClient } from '../helpers/raw-client.ts';
import { findRefusingAddress } from '../helpers/refusing-address.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';

const limited = (address: string, limit = 1) => ({ address, max_connections: limit });

/** lb in front of one backend that answers when told to and takes one request at a time. */
async function startFull(pool: ConfigPart = {}) {
  const backend = await startHoldingBackend();
  const config = webConfig([], { pool: { backends: [limited(backend.address)], ...pool } });
  const lb = await startLb(config);
  await ask(lb, '/first');
  await backend.until(1);
  return { backend, lb };
}

async function ask(lb: Lb, target: string): Promise<RawClient> {
  const client = await connectRaw(lb.address('web'));
  client.send(`GET ${target} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
  return client;
}

async function untilWaiting(lb: Lb, count: number): Promise<void> {
  const waiting = async () => (await readMetrics(lb)).sum('queue_length');
  while ((await waiting()) !== count) await setImmediate();
}

it('serves those who wait in the order they came, one for each that ends', async () => {
  const { backend, lb } = await startFull();
  const targets = ['/a', '/b', '/c', '/d', '/e'];
  const clients: RawClient[] = [];
  for (const target of targets) {
    clients.push(await ask(lb, target));
    await untilWaiting(lb, clients.length);
  }
  for (let count = 1; count <= targets.length; count++) {
    expect(backend.targets).toHaveLength(count);
    backend.release();
    await backend.until(count + 1);
  }
  backend.release();
  for (const client of clients) expect(await client.response()).toMatchObject({ status: 200 });
  expect(backend.targets).toEqual(['/first', ...targets]);
  expect(backend.most).toBe(1);
  const line = await lb.line({ path: '/e' });
  expect(line.queue_ms).toBeGreaterThan(0);
  expect(await lb.line({ path: '/first' })).not.toHaveProperty('queue_ms');
});

it('loses nothing under ten times the load that its backends take at once', async () => {
  const answering = async () => {
    const load = { now: 0, most: 0 };
    const { address } = await startHttpBackend(async (_, response) => {
      load.now++;
      load.most = Math.max(load.most, load.now);
      await setImmediate(); // long enough for the others to come
      load.now--;
      response.end('ok');
    });
    return { address, load };
  };
  const backends = await Promise.all([answering(), answering()]);
  const pool = { backends: backends.map(({ address }) => limited(address, 3)) };
  const lb = await startLb(webConfig([], { pool }));
  const askTwenty = async (_: unknown, connection: number) => {
    const client = await connectRaw(lb.address('web'));
    for (let at = 0; at < 20; at++) {
      client.send(`GET /${connection}/${at} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
      expect(await client.response()).toMatchObject({ status: 200, body: 'ok' });
    }
  };
  await Promise.all(Array.from({ length: 60 }, askTwenty));
  for (const { load } of backends) expect(load.most).toBeLessThanOrEqual(3);
  const lines = await lb.someLines({ status: 200, reason: '' }, 1200);
  expect(lines.some(({ queue_ms = 0 }) => queue_ms > 0)).toBe(true);
  expect((await readMetrics(lb)).sum('backend_active')).toBe(0);
});

it('answers 503 queue_full, and when to come back, once max_waiting wait', async () => {
  const { backend, lb } = await startFull({ queue: { max_waiting: 1 } });
  const waiting = await ask(lb, '/waiting');
  await untilWaiting(lb, 1);
  const refused = await ask(lb, '/refused');
  const response = await refused.response();
  expect(response.status).toBe(503);
  expect(JSON.parse(response.body)).toMatchObject({ reason: 'queue_full' });
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  // The connection is as good as new.
  backend.release();
  await backend.until(2);
  backend.release();
  expect(await waiting.response()).toMatchObject({ status: 200 });
  refused.send('GET /again HTTP/1.1\r\nHost: lb.test\r\n\r\n');
  await backend.until(3);
  backend.release();
  expect(await refused.response()).toMatchObject({ status: 200 });
});

it('answers 503 queue_timeout when no place becomes free in time', async () => {
  const { lb } = await startFull({ queue: { timeout: '100ms' } });
  const response = await (await ask(lb, '/late')).response();
  expect(response.status).toBe(503);
  expect(JSON.parse(response.body)).toMatchObject({ reason: 'queue_timeout' });
  expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect((await lb.line({ path: '/late' })).queue_ms).toBeGreaterThanOrEqual(100);
});

it.each(['end', 'destroy'] as const)(
  'spends no place on a client that has left (%s)',
  async (how) => {
    const { backend, lb } = await startFull();
    const gone = await ask(lb, '/gone');
    await untilWaiting(lb, 1);
    const next = await ask(lb, '/next');
    await untilWaiting(lb, 2);
    gone.socket[how]();
    await untilWaiting(lb, 1);
    backend.release();
    await backend.until(2);
    backend.release();
    expect(await next.response()).toMatchObject({ status: 200 });
    expect(backend.targets).toEqual(['/first', '/next']);
    expect(await lb.line({ path: '/gone' })).toMatchObject({
      status: 499,
      reason: 'client_closed',
    });
  },
);

it.each([100, 300_000])('brings a body of %i bytes whole to whom it waited for', async (length) => {
  const { backend, lb } = await startFull();
  const body = 'x'.repeat(length - 1).concat('y');
  const client = await connectRaw(lb.address('web'));
  client.send(`POST /body HTTP/1.1\r\nHost: lb.test\r\nContent-Length: ${length}\r\n\r\n${body}`);
  await untilWaiting(lb, 1);
  backend.release();
  await backend.until(2);
  backend.release();
  const digest = createHash('sha256').update(body).digest('hex');
  expect(await client.response()).toMatchObject({ status: 200, body: digest });
});

it('waits with a request whose backend refused, where the others are full', async () => {
  const backend = await startHoldingBackend();
  const backends = [limited(backend.address), await findRefusingAddress()];
  const quiet = { passive_health: 'off', health_check: 'off' };
  const lb = await startLb(webConfig([], { pool: { backends, ...quiet } }));
  await ask(lb, '/first');
  await backend.until(1);
  const second = await ask(lb, '/second');
  await untilWaiting(lb, 1);
  backend.release();
  await backend.until(2);
  backend.release();
  expect(await second.response()).toMatchObject({ status: 200 });
  expect(await lb.line({ path: '/second' })).toMatchObject({ attempts: 2, reason: '' });
});

it('turns to the backups when no primary is wanted', async () => {
  const [primary, backup] = await Promise.all([startHoldingBackend(), startHoldingBackend()]);
  const backends = [
    { address: primary.address, weight: 0 },
    { address: backup.address, backup: true },
  ];
  const lb = await startLb(webConfig([], { pool: { backends } }));
  const client = await ask(lb, '/');
  await backup.until(1);
  backup.release();
  expect(await client.response()).toMatchObject({ status: 200 });
  expect(primary.targets).toEqual([]);
});

/** A TCP server that takes one session at a time from lb; health checks, which say nothing, do not count. */
async function startFullTcp() {
  const sessions: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    socket.once('data', (first: Buffer) => {
      sessions.push(socket);
      socket.write(`hello ${first}`);
    });
  });
  await listen(server, '127.0.0.1:0');
  onTestFinished(() => close(server));
  const lb = await startLb(tcpConfig([], { pool: { backends: [limited(addressOf(server))] } }));
  const open = async (name: string) => {
    const client = await connectRaw(lb.address('tcp'));
    client.send(name);
    return client;
  };
  const first = await open('first');
  await first.until(/hello first/);
  return { lb, sessions, open, first };
}

it('lets TCP sessions wait for a place, with what their clients have said', async () => {
  const { lb, sessions, open, first } = await startFullTcp();
  const second = await open('second');
  await untilWaiting(lb, 1);
  expect(sessions).toHaveLength(1);
  first.socket.destroy();
  await second.until(/hello second/);
  second.send(' and more');
  const [more] = await once(sessions[1]!, 'data');
  expect(`${more}`).toBe(' and more');
});

it('forgets a TCP client that leaves while it waits', async () => {
  const { lb, sessions, open, first } = await startFullTcp();
  const gone = await open('gone');
  await untilWaiting(lb, 1);
  const last = await open('last');
  await untilWaiting(lb, 2);
  gone.socket.end();
  await untilWaiting(lb, 1);
  first.socket.destroy();
  await last.until(/hello last/);
  expect(sessions).toHaveLength(2);
  expect(await lb.line({ protocol: 'tcp', reason: 'client_closed' })).toMatchObject({
    bytes_in: 0,
  });
});

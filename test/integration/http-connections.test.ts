import { once } from 'node:events';
import { expect, it } from 'vitest';
import { GIB, pour } from '../helpers/bulk.ts';
import { type Overrides, webConfig } from '../helpers/lb-config.ts';
import { connectRaw, dial } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** lb in front of a backend that answers everything with the same bytes. */
async function startAnswering(bytes: string, overrides: Overrides) {
  const backend = await startBackend({ kind: 'answer', bytes });
  const lb = await startLb(webConfig([backend.address], overrides));
  return { backend, lb, connect: () => connectRaw(lb.address('web')) };
}

it('keeps no more idle backend connections than it may', async () => {
  const pool = { connection_pool: { max_idle: 0 } };
  const { backend, connect } = await startAnswering(OK, { pool });
  const client = await connect();
  for (let at = 0; at < 3; at++) {
    client.send(GET);
    expect((await client.response()).status).toBe(200);
  }
  expect(backend.accepted).toBe(3);
});

it('closes a backend connection that stays idle', async () => {
  const pool = { connection_pool: { idle: '300ms' } };
  const { backend, connect } = await startAnswering(OK, { pool });
  const client = await connect();
  client.send(GET);
  expect((await client.response()).status).toBe(200);
  await backend.untilClosed(1);
  client.send(GET);
  expect((await client.response()).status).toBe(200);
  expect(backend.accepted).toBe(2);
});

it('keeps the backend connection of a request with a body of no bytes', async () => {
  const { backend, connect } = await startAnswering(OK, {});
  const client = await connect();
  for (let at = 0; at < 3; at++) {
    client.send('POST / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 0\r\n\r\n');
    expect((await client.response()).status).toBe(200);
  }
  expect(backend.accepted).toBe(1);
});

it('uses a backend connection no more when an interim response says close', async () => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n';
  const { backend, connect } = await startAnswering(hint + OK, {});
  const client = await connect();
  for (let at = 0; at < 2; at++) {
    client.send(GET);
    expect((await client.response()).status).toBe(103);
    expect((await client.response()).status).toBe(200);
  }
  expect(backend.accepted).toBe(2);
});

it('answers a client to the end that leaves within its next request', async () => {
  const backend = await startHoldingBackend();
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await backend.until(1);
  // Everything that follows is there when lb wakes up, and read in one turn.
  process.kill(lb.pid, 'SIGSTOP');
  backend.release();
  client.send('GET /second HTT');
  client.end();
  process.kill(lb.pid, 'SIGCONT');
  expect((await client.response()).status).toBe(200);
  expect(await client.closed()).toBe('end');
  await lb.line({ status: 499, reason: 'client_closed' });
});

it('asks no other backend when retries are off', async () => {
  const down = await startBackend({ kind: 'refuse' });
  const up = await startBackend({ kind: 'answer', bytes: OK });
  const pool = { retries: { attempts: 0 } };
  const lb = await startLb(webConfig([down.address, up.address], { pool }));
  const client = await connectRaw(lb.address('web'));
  const statuses: number[] = [];
  for (let at = 0; at < 4; at++) {
    client.send(GET);
    statuses.push((await client.response()).status);
  }
  expect(statuses.sort()).toEqual([200, 200, 502, 502]);
});

it('answers 503 to connections over the limit, and takes new ones when others have gone', async () => {
  const global = { limits: { max_connections: 1 } };
  const { lb, connect } = await startAnswering(OK, { global });
  const first = await connect();
  first.send(GET);
  expect((await first.response()).status).toBe(200);
  const second = await connect();
  const refusal = await second.response();
  expect(refusal.status).toBe(503);
  expect(refusal.headers.get('retry-after')).toBe('1');
  expect(await second.closed()).toBe('end');
  first.end();
  await first.closed();
  const third = await connect();
  third.send(GET);
  expect((await third.response()).status).toBe(200);
  expect(await lb.line({ status: 503 })).toMatchObject({ reason: 'connection_limit' });
});

it('answers 429 to more connections of one address than it may have', async () => {
  const global = { limits: { max_connections_per_ip: 1 } };
  const { lb, connect } = await startAnswering(OK, { global });
  const first = await connect();
  first.send(GET);
  expect((await first.response()).status).toBe(200);
  const second = await connect();
  expect((await second.response()).status).toBe(429);
  first.send(GET);
  expect((await first.response()).status).toBe(200);
  expect(await lb.line({ status: 429 })).toMatchObject({ reason: 'too_many_connections' });
});

it('cuts a client that takes nothing of its response for too long', async () => {
  const backend = await startHttpBackend(async (_request, response) => {
    await pour(response, GIB);
  });
  const listener = { timeouts: { write_stall: '300ms' } };
  const lb = await startLb(webConfig([backend.address], { listener }));
  const socket = dial(lb.address('web'));
  await once(socket, 'connect');
  socket.write(GET); // and never reads
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: 'client_stalled' });
});

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
const UPGRADE =
  'GET /chat HTTP/1.1\r\nHost: lb.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

it('passes bytes both ways after a 101, the first behind it included', async () => {
  const { lb, backend, connect } = await startAnswering(`${SWITCH}early`, {});
  const client = await connect();
  client.send(UPGRADE);
  await client.until(/\r\n\r\nearly$/);
  expect(backend.received).toMatch(/^upgrade: echo\r$/im);
  backend.behaviour = { kind: 'answer-and-close', bytes: 'answer' };
  client.send('anything at all\r\n\r\n');
  await client.until(/answer$/);
  expect(await client.closed()).toBe('end');
  client.end();
  expect(await lb.line({ status: 101 })).toMatchObject({ reason: '', path: '/chat' });
});

it('closes a tunnel without a byte either way for longer than it may be', async () => {
  const listener = { timeouts: { tunnel_idle: '300ms' } };
  const { lb, connect } = await startAnswering(SWITCH, { listener });
  const client = await connect();
  client.send(UPGRADE);
  expect((await client.response()).status).toBe(101);
  await client.closed();
  expect(await lb.line({ status: 101 })).toMatchObject({ reason: 'idle_timeout' });
});

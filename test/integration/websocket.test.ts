import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type Overrides, webConfig } from '../helpers/lb-config.ts';
import { readResidentMiB } from '../helpers/metrics.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { resetSocket } from '../helpers/reset-socket.ts';
import { type Echo, startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import {
  connectWebSocket,
  echo,
  type SessionHandler,
  startWebSocketBackend,
} from '../helpers/start-websocket.ts';

const MIB = 1024 * 1024;
const HANDSHAKE = [
  'GET /chat HTTP/1.1',
  'Host: lb.test',
  'Connection: keep-alive, Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');
const GET = 'GET /plain HTTP/1.1\r\nHost: lb.test\r\n\r\n';

async function startBefore(onSession: SessionHandler, overrides: Overrides = {}) {
  const backend = await startWebSocketBackend(onSession);
  const lb = await startLb(webConfig([backend], overrides));
  return { lb, address: lb.address('web') };
}

it('passes text and binary both ways, and logs the session when it is over', async () => {
  const { lb, address } = await startBefore(echo);
  const client = await connectWebSocket(address, '/chat?room=1');
  client.session.send('hello');
  expect(String(await client.message())).toBe('hello');
  client.session.send(Buffer.from([0, 255, 128]));
  expect([...(await client.message())]).toEqual([0, 255, 128]);
  client.session.close(1000);
  await client.closed;
  // Frames of a client have a mask of four bytes: 6+5, 6+3 and, for the close, 6+2; those of a server have none.
  expect(await lb.line({ status: 101 })).toMatchObject({
    method: 'GET',
    path: '/chat',
    reason: '',
    bytes_in: 11 + 9 + 8,
    bytes_out: 7 + 5 + 4,
    attempts: 1,
  });
});

it('passes pings and pongs both ways', async () => {
  const pongs: string[] = [];
  const { address } = await startBefore((session) => {
    session.on('pong', (data) => pongs.push(String(data)));
    session.on('ping', () => session.ping('from the server'));
  });
  const client = await connectWebSocket(address);
  const [pinged, ponged] = [once(client.session, 'ping'), once(client.session, 'pong')];
  client.session.ping('from the client');
  expect(String((await ponged)[0])).toBe('from the client');
  expect(String((await pinged)[0])).toBe('from the server');
  await expect.poll(() => pongs).toEqual(['from the server']);
});

const CODES = [1000, 1001, 4000];

it('passes the close codes of a client', async () => {
  const sessions: WebSocket[] = [];
  const { address } = await startBefore((session) => sessions.push(session));
  for (const [at, code] of CODES.entries()) {
    const client = await connectWebSocket(address);
    const closed = once(sessions[at]!, 'close'); // its 101 has come through
    client.session.close(code, 'enough');
    const [codeSeen, reason] = await closed;
    expect({ code: codeSeen, reason: String(reason) }).toEqual({ code, reason: 'enough' });
    expect((await client.closed).code).toBe(code);
  }
});

it('passes the close codes of a server', async () => {
  const codes = CODES.values();
  const { address } = await startBefore((session) => session.close(codes.next().value, 'enough'));
  for (const code of CODES) {
    const client = await connectWebSocket(address);
    expect(await client.closed).toEqual({ code, reason: 'enough' });
  }
});

it('passes messages of 1 MiB unchanged', async () => {
  const { address } = await startBefore(echo);
  const client = await connectWebSocket(address);
  for (let at = 0; at < 8; at++) {
    const message = randomBytes(MIB);
    client.session.send(message);
    expect(message.equals(await client.message())).toBe(true);
  }
});

it('passes frames that a server sends in the same packet as its 101', async () => {
  const { address } = await startBefore((session) => {
    session.send('welcome');
    session.send('and more');
  });
  const client = await connectWebSocket(address);
  expect(String(await client.message())).toBe('welcome');
  expect(String(await client.message())).toBe('and more');
});

it('passes frames that a client sends in the same packet as its handshake', async () => {
  const { address } = await startBefore(echo);
  const client = await connectRaw(address);
  client.send(`${HANDSHAKE}\x81\x85\0\0\0\0first`); // masked with zeros
  await client.until(/^HTTP\/1\.1 101 .*first$/s);
  expect(client.received.endsWith('\r\n\r\n\x81\x05first')).toBe(true);
});

it('holds a server back while its client does not read, in flat memory', async () => {
  const sessions: WebSocket[] = [];
  const { lb, address } = await startBefore((session) => sessions.push(session));
  const client = await connectWebSocket(address);
  const server = sessions[0]!; // its 101 has come through
  const beforeMiB = await readResidentMiB(lb);
  client.session.pause();
  for (let at = 0; at < 64; at++) server.send(Buffer.alloc(MIB, at));
  // The rest stays with the server: neither sockets nor lb take it.
  let waiting = -1;
  const isStuck = () => {
    const before = waiting;
    waiting = server.bufferedAmount;
    return waiting === before;
  };
  await expect.poll(isStuck, { interval: 200 }).toBe(true);
  expect(waiting).toBeGreaterThan(32 * MIB);
  client.session.resume();
  for (let at = 0; at < 64; at++) {
    const message = await client.message();
    expect(message.length).toBe(MIB);
    expect(message[MIB - 1]).toBe(at);
    expect((await readResidentMiB(lb)) - beforeMiB, `after ${at} MiB`).toBeLessThan(32);
  }
});

it('takes a refused upgrade for the ordinary answer it is, and the connection stays usable', async () => {
  const statuses = [403, 400, 200];
  const left = statuses.values();
  const backend = await startHttpBackend((request, response) => {
    response.statusCode = request.url === '/chat' ? (left.next().value ?? 500) : 200;
    response.end(request.url);
  });
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  for (const status of statuses) {
    client.send(HANDSHAKE);
    expect(await client.response()).toMatchObject({ status, body: '/chat' });
    client.send(GET);
    expect(await client.response()).toMatchObject({ status: 200, body: '/plain' });
  }
  const lines = await lb.someLines({ path: '/chat', reason: '' }, 3);
  expect(lines.map((line) => line.status)).toEqual(statuses);
});

it('ends a session whose server dies', async () => {
  const { lb, address } = await startBefore((session, socket) => {
    session.on('message', (how) => {
      if (String(how) === 'close') socket.destroy();
      else resetSocket(socket);
    });
  });
  for (const how of ['close', 'reset']) {
    const client = await connectWebSocket(address, `/${how}`);
    client.session.send(how);
    expect((await client.closed).code).toBe(1006);
  }
  expect(await lb.line({ path: '/close' })).toMatchObject({ status: 101, reason: '' });
  expect(await lb.line({ path: '/reset' })).toMatchObject({ status: 101, reason: 'backend_reset' });
});

it('ends the session of a client that is gone', async () => {
  const sessions: WebSocket[] = [];
  const { lb, address } = await startBefore((session) => sessions.push(session));
  const client = await connectRaw(address);
  client.send(HANDSHAKE);
  expect((await client.response()).status).toBe(101);
  const closed = once(sessions[0]!, 'close'); // its 101 has come through
  resetSocket(client.socket);
  expect((await closed)[0]).toBe(1006);
  expect(await lb.line({ status: 101 })).toMatchObject({ reason: 'client_closed' });
});

it('carries 200 sessions at once', async () => {
  const { lb, address } = await startBefore(echo);
  const clients = await Promise.all(Array.from({ length: 200 }, () => connectWebSocket(address)));
  for (const round of ['one', 'two']) {
    for (const [at, client] of clients.entries()) client.session.send(`${round} ${at}`);
    const answers = await Promise.all(clients.map((client) => client.message()));
    expect(answers.map(String)).toEqual(clients.map((_, at) => `${round} ${at}`));
  }
  for (const client of clients) client.session.close();
  await Promise.all(clients.map((client) => client.closed));
  expect(await lb.someLines({ status: 101, reason: '' }, 200)).toHaveLength(200);
});

it('cuts sessions that are still open after the shutdown timeout, and counts them', async () => {
  const { lb, address } = await startBefore(echo, { global: { shutdown: { timeout: '300ms' } } });
  const clients = await Promise.all([connectWebSocket(address), connectWebSocket(address)]);
  lb.signal('SIGTERM');
  await lb.line({ msg: 'stopping' });
  clients[0]!.session.send('still here'); // one of two
  expect(String(await clients[0]!.message())).toBe('still here');
  for (const client of clients) expect((await client.closed).code).toBe(1006);
  expect((await lb.exited).code).toBe(1);
  expect(await lb.line({ msg: 'stopped' })).toMatchObject({ cut: 2 });
  expect(await lb.someLines({ status: 101, reason: 'shutdown' }, 2)).toHaveLength(2);
});

it('lets a session end by itself during shutdown', async () => {
  const { lb, address } = await startBefore(echo);
  const client = await connectWebSocket(address);
  lb.signal('SIGTERM');
  await lb.line({ msg: 'stopping' });
  client.session.close();
  await client.closed;
  expect((await lb.exited).code).toBe(0);
  expect(await lb.line({ status: 101 })).toMatchObject({ reason: '' });
});

it('ends a session without a byte either way for too long, and only that', async () => {
  const { lb, address } = await startBefore(echo, {
    listener: { timeouts: { tunnel_idle: '400ms' } },
  });
  const [busy, idle] = await Promise.all([connectWebSocket(address), connectWebSocket(address)]);
  let over = false;
  const closed = idle.closed.then(({ code }) => {
    over = true;
    return code;
  });
  while (!over) {
    busy.session.send('busy');
    await busy.message();
  }
  expect(await closed).toBe(1006);
  expect(busy.session.readyState).toBe(busy.session.OPEN);
  busy.session.close();
  await busy.closed;
  const cut = await lb.line({ reason: 'idle_timeout' });
  expect(cut).toMatchObject({ status: 101, bytes_in: 0, bytes_out: 0 });
  await lb.line({ status: 101, reason: '' });
});

it('does not pass an upgrade to HTTP/2 on, inside which requests would escape it', async () => {
  const backend = await startEchoBackend();
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  const fields = 'Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: h2c';
  client.send(`GET /h2c HTTP/1.1\r\nHost: lb.test\r\n${fields}\r\n\r\n`);
  const response = await client.response();
  expect(response.status).toBe(200);
  const { headers }: Echo = JSON.parse(response.body);
  expect(headers).not.toHaveProperty('upgrade');
  expect(headers).not.toHaveProperty('http2-settings');
  expect(headers.connection ?? '').not.toMatch(/upgrade/i);
});

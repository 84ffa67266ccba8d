import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import { type ConfigPart, tcpConfig, webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startEcho } from '../helpers/start-echo.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { connectWebSocket, echo, startWebSocketBackend } from '../helpers/start-websocket.ts';

const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** lb with an exchange in flight: its backend has the request, and answers when `answer` is called. */
async function startWaiting(shutdown: ConfigPart = {}) {
  const events = new EventEmitter();
  const backend = await startHttpBackend((_request, response) => {
    events.emit('arrived', () => response.end('worth the wait'));
  });
  const arrived: Promise<(() => void)[]> = once(events, 'arrived');
  const lb = await startLb(webConfig([backend.address], { global: { shutdown } }));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  const [answer] = await arrived;
  return { lb, client, answer: answer! }; // the event's one argument
}

/** The errno by which a new connection fails, at once or after a handshake that came to nothing. */
function refusalBy(address: string): Promise<string | undefined> {
  return connectRaw(address).then(
    (client) => client.closed(),
    (error: NodeJS.ErrnoException) => error.code,
  );
}

it.each(['SIGTERM', 'SIGINT'] as const)('lets a running exchange finish on %s', async (signal) => {
  const { lb, client, answer } = await startWaiting();
  const idle = await connectRaw(lb.address('web'));
  const address = lb.address('web');
  lb.signal(signal);
  expect(await idle.closed()).toBe('end');
  await expect(connectRaw(address)).rejects.toThrow('ECONNREFUSED');
  answer();
  const response = await client.response();
  expect(response).toMatchObject({ status: 200, body: 'worth the wait' });
  expect(response.headers.get('connection')).toBe('close');
  expect(await client.closed()).toBe('end');
  expect(await lb.exited).toMatchObject({ code: 0 });
  expect(await lb.line({ msg: 'stopped' })).toMatchObject({ level: 'info' });
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: '' });
});

it('stops at once when there is nothing to wait for', async () => {
  const backend = await startBackend({ kind: 'stall' });
  const lb = await startLb(webConfig([backend.address]));
  expect(await lb.stop()).toBe(0);
});

it('lets a TCP session go on after SIGTERM until its peers end it', async () => {
  const backend = await startBackend({ kind: 'answer', bytes: 'pong' });
  const lb = await startLb(tcpConfig([backend.address]));
  const address = lb.address('tcp');
  const client = await connectRaw(address);
  client.send('first\r\n\r\n');
  await client.until(/^pong$/);
  lb.signal('SIGTERM');
  await lb.line({ msg: 'stopping' });
  // Reset when the kernel had taken it just before the listener closed.
  expect(['ECONNREFUSED', 'ECONNRESET']).toContain(await refusalBy(address));
  client.send('second\r\n\r\n');
  await client.until(/^pongpong$/);
  client.end();
  expect(await lb.exited).toMatchObject({ code: 0 });
});

it('cuts what hangs after the shutdown timeout, and says how many', async () => {
  const { lb, client } = await startWaiting({ timeout: '300ms' });
  expect(await lb.stop()).toBe(1);
  await client.closed();
  expect(client.received).not.toContain('200');
  const stopped = await lb.line({ msg: 'stopped' });
  expect(JSON.stringify(stopped)).toMatch(/"cut":1\b/);
  expect(await lb.line({ reason: 'shutdown' })).toMatchObject({ method: 'GET' });
});

it('goes at once on a second signal', async () => {
  const { lb, client } = await startWaiting();
  const idle = await connectRaw(lb.address('web'));
  lb.signal('SIGTERM');
  await idle.closed(); // the first signal has been taken
  expect(await lb.stop('SIGTERM')).toBe(1);
  await client.closed();
});

it('goes at once on SIGQUIT', async () => {
  const { lb, client } = await startWaiting();
  expect(await lb.stop('SIGQUIT')).toBe(1);
  await client.closed();
});

it('counts no idle connection among those it has cut', async () => {
  const backend = await startHttpBackend((_request, response) => response.end('hi'));
  const lb = await startLb(webConfig([backend.address]));
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => connectRaw(lb.address('web'))),
  );
  for (const client of clients) {
    client.send(GET);
    await client.response();
  }
  expect(await lb.stop('SIGQUIT')).toBe(0);
  expect(await lb.line({ msg: 'stopped' })).toMatchObject({ cut: 0 });
});

it('says on /readyz that it is about to go, and goes on accepting, for the shutdown delay', async () => {
  const backend = await startHttpBackend((_request, response) => response.end('hi'));
  const global = { shutdown: { delay: '1h' } };
  const lb = await startLb(webConfig([backend.address], { global }));
  const balancer = await connectRaw(lb.adminAddress());
  const ready = async () => {
    balancer.send('GET /readyz HTTP/1.1\r\nHost: lb\r\n\r\n');
    return (await balancer.response()).status;
  };
  expect(await ready()).toBe(200);
  lb.signal('SIGTERM');
  await lb.line({ msg: 'stopping' });
  expect(await ready()).toBe(503);
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  expect((await client.response()).body).toBe('hi');
  expect(await lb.stop()).toBe(0);
});

it('stops by itself after the shutdown delay', async () => {
  const backend = await startHttpBackend((_request, response) => response.end('hi'));
  const global = { shutdown: { delay: '200ms' } };
  const lb = await startLb(webConfig([backend.address], { global }));
  expect(await lb.stop()).toBe(0);
});

it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
  'ends the shutdown delay at once on a second signal: %s',
  async (signal) => {
    const backend = await startHttpBackend((_request, response) => response.end('hi'));
    const global = { shutdown: { delay: '1h', timeout: '1h' } };
    const lb = await startLb(webConfig([backend.address], { global }));
    lb.signal('SIGTERM');
    await lb.line({ msg: 'stopping' });
    expect(await lb.stop(signal)).toBe(0);
    expect(await lb.line({ msg: 'stopped' })).toMatchObject({ cut: 0 });
  },
);

it('counts requests, tunnels and sessions among what it cut, those with what a reload removed included', async () => {
  const [slow, chat, tcp] = await Promise.all([
    startHoldingBackend(),
    startWebSocketBackend(echo),
    startEcho(),
  ]);
  const bind = '127.0.0.1:0';
  const listeners = [
    { name: 'web', bind, pool: 'web' },
    { name: 'chat', bind, pool: 'chat' },
    { name: 'tcp', bind, protocol: 'tcp', pool: 'tcp' },
  ];
  const pool = (backend: string) => ({ backends: [backend], health_check: 'off' });
  const pools = { web: pool(slow.address), chat: pool(chat), tcp: pool(tcp) };
  const global = { shutdown: { timeout: '100ms' } };
  const reloadable = await startReloadable({ global, listeners, pools });
  const { lb } = reloadable;
  const request = await connectRaw(lb.address('web'));
  request.send(GET);
  await slow.until(1);
  const socket = await connectWebSocket(lb.address('chat'));
  const session = await connectRaw(lb.address('tcp'));
  session.send('hello');
  await session.until(/^hello$/);
  // The TCP listener is removed with a session that may last for ten minutes yet.
  await reloadable.reload({ global, listeners: listeners.slice(0, 2), pools });
  await lb.line({ msg: 'listener removed: it drains' });
  expect(await lb.stop()).toBe(1);
  expect(await lb.line({ msg: 'connections cut' })).toMatchObject({ level: 'warn', cut: 3 });
  await Promise.all([request.closed(), socket.closed, session.closed()]);
  expect(await lb.someLines({ reason: 'shutdown' }, 3)).toHaveLength(3);
});

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ConfigPart, type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { addressOf, close, listen } from '../helpers/listen.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { connectRaw, dial, type RawClient } from '../helpers/raw-client.ts';
import { type ReloadableLb, startReloadable } from '../helpers/reloadable-lb.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startEcho } from '../helpers/start-echo.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startLoad } from '../helpers/start-load.ts';
import { connectWebSocket, echo, startWebSocketBackend } from '../helpers/start-websocket.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const answering = (body: string) => ({
  kind: 'answer' as const,
  bytes: `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
});
const startAnswering = (body: string) => startBackend(answering(body));
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** Sends a word over an open TCP session and waits for it to come back. */
async function expectEcho(session: ReturnType<typeof dial>, word: string): Promise<void> {
  session.write(word);
  const [back] = await once(session, 'data');
  expect(String(back)).toBe(word);
}

const listenerTo = (pool: string, more: ConfigPart = {}): ConfigPart => ({
  name: pool,
  protocol: 'http',
  bind: '127.0.0.1:0',
  pool,
  ...more,
});
const poolOf = (backends: readonly unknown[], more: ConfigPart = {}): ConfigPart => ({
  backends,
  health_check: 'off',
  ...more,
});

it('loses no request while backends come and go, and touches no session that stays', async () => {
  const names = ['one', 'two', 'three', 'four'];
  const backends = await Promise.all(names.map(startAnswering));
  const addresses = backends.map(({ address }) => address);
  const [chat, tcp] = await Promise.all([startWebSocketBackend(echo), startEcho()]);
  const configOf = (web: readonly string[]): LbConfig => ({
    listeners: [
      listenerTo('app'),
      listenerTo('chat'),
      { name: 'tcp', protocol: 'tcp', bind: '127.0.0.1:0', pool: 'tcp' },
    ],
    pools: { app: poolOf(web), chat: poolOf([chat]), tcp: poolOf([tcp]) },
  });
  const reloadable = await startReloadable(configOf(addresses));
  const { lb } = reloadable;
  const socket = await connectWebSocket(lb.address('chat'));
  const session = dial(lb.address('tcp'));
  await expectEcho(session, 'before');
  const load = startLoad(lb.address('app'));
  await load.more(50);
  for (let turn = 0; turn < 20; turn++) {
    const kept = addresses.filter((_, index) => index !== turn % 4 && index !== (turn + 1) % 4);
    await reloadable.reload(configOf(turn % 3 === 2 ? addresses : kept));
    await load.more(20);
  }
  await load.stop();
  expect(load.lost).toEqual([]);
  await expectEcho(session, 'after');
  socket.session.send('still there');
  expect(String(await socket.message())).toBe('still there');
  const metrics = await readMetrics(lb);
  expect(metrics.sum('config_generation')).toBe(21);
  expect(metrics.sum('config_last_reload_success')).toBe(1);
});

it('sends the next request of a kept-alive client where the new routes say', async () => {
  const [old, young] = await Promise.all([startAnswering('old'), startAnswering('young')]);
  const configOf = (pool: string): LbConfig => ({
    listeners: [listenerTo(pool, { name: 'web' })],
    pools: { old: poolOf([old.address]), young: poolOf([young.address]) },
  });
  const reloadable = await startReloadable(configOf('old'));
  const client = await connectRaw(reloadable.lb.address('web'));
  client.send(GET);
  expect((await client.response()).body).toBe('old');
  expect((await reloadable.reload(configOf('young'))).changes).toEqual([
    'added route web/young',
    'removed route web/old',
  ]);
  client.send(GET);
  expect((await client.response()).body).toBe('young');
});

it('applies what a listener says to clients that are connected already', async () => {
  const backend = await startAnswering('here');
  const config = (listener: ConfigPart) => webConfig([backend.address], { listener });
  const reloadable = await startReloadable(config({}));
  const client = await connectRaw(reloadable.lb.address('web'));
  client.send(GET);
  await client.response();
  expect(backend.received).toContain('X-Forwarded-For: ');
  await reloadable.reload(
    config({
      forwarding: { x_forwarded_for: false },
      limits: { max_connections: 1, body_bytes: 3 },
    }),
  );
  const before = backend.received.length;
  client.send(GET);
  expect((await client.response()).body).toBe('here');
  expect(backend.received.slice(before)).not.toContain('X-Forwarded-For');
  const second = await connectRaw(reloadable.lb.address('web'));
  expect((await second.response()).headers.get('x-lb-reason')).toBe('connection_limit');
  client.send(
    'POST / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n',
  );
  expect((await client.response()).status).toBe(413);
});

it('lets an exchange end on the backend that has been removed', async () => {
  const slow = await startHoldingBackend();
  const other = await startAnswering('other');
  const reloadable = await startReloadable(webConfig([slow.address]));
  const { lb } = reloadable;
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await slow.until(1);
  await reloadable.reload(webConfig([other.address]));
  await lb.line({ msg: 'backend removed: it drains', backend: slow.address });
  slow.release();
  expect((await client.response()).status).toBe(200);
  expect(await lb.line({ status: 200 })).toMatchObject({ backend: slow.address });
  await lb.line({ msg: 'backend drained', backend: slow.address });
  client.send(GET);
  expect((await client.response()).body).toBe('other');
});

it('closes the sessions of a removed backend after its drain timeout, and no others', async () => {
  const [leaving, staying] = await Promise.all([startEcho(), startEcho()]);
  const configOf = (...backends: string[]): LbConfig => ({
    listeners: [{ name: 'tcp', protocol: 'tcp', bind: '127.0.0.1:0', pool: 'tcp' }],
    pools: { tcp: poolOf(backends, { drain_timeout: '100ms' }) },
  });
  const reloadable = await startReloadable(configOf(leaving, staying));
  const { lb } = reloadable;
  const sessions = [await connectRaw(lb.address('tcp')), await connectRaw(lb.address('tcp'))];
  for (const session of sessions) {
    session.send('hello ');
    await session.until(/^hello $/);
  }
  // Round robin: the first session is with the first backend.
  const [left, stayed] = sessions as [RawClient, RawClient];
  await reloadable.reload(configOf(staying));
  await left.closed();
  expect(await lb.line({ reason: 'drain_timeout' })).toMatchObject({ backend: leaving });
  await lb.line({ msg: 'backend drained', backend: leaving });
  stayed.send('again');
  await stayed.until(/^hello again$/);
});

it('holds tunnels and TCP sessions that are open to a new idle time from their next byte on', async () => {
  const [chat, tcp] = await Promise.all([startWebSocketBackend(echo), startEcho()]);
  const configOf = (idle: string): LbConfig => ({
    listeners: [
      listenerTo('chat', { timeouts: { tunnel_idle: idle } }),
      { name: 'tcp', protocol: 'tcp', bind: '127.0.0.1:0', pool: 'tcp', timeouts: { idle } },
    ],
    pools: { chat: poolOf([chat]), tcp: poolOf([tcp]) },
  });
  const reloadable = await startReloadable(configOf('1h'));
  const { lb } = reloadable;
  const socket = await connectWebSocket(lb.address('chat'));
  const session = await connectRaw(lb.address('tcp'));
  await reloadable.reload(configOf('300ms'));
  socket.session.send('last words');
  session.send('last words');
  await session.until(/^last words$/);
  expect(String(await socket.message())).toBe('last words');
  await Promise.all([socket.closed, session.closed()]);
  expect(await lb.someLines({ reason: 'idle_timeout' }, 2)).toHaveLength(2);
});

it('binds what is new and closes what is gone, once its last request has been answered', async () => {
  const slow = await startHoldingBackend();
  const config = (names: readonly string[]): LbConfig => ({
    listeners: names.map((name) => listenerTo('app', { name })),
    pools: { app: poolOf([slow.address]) },
  });
  const reloadable = await startReloadable(config(['first']));
  const { lb } = reloadable;
  const [busy, idle] = await Promise.all([
    connectRaw(lb.address('first')),
    connectRaw(lb.address('first')),
  ]);
  busy.send(GET);
  await slow.until(1);
  await reloadable.reload(config(['second']));
  await idle.closed();
  await expect(connectRaw(lb.address('first'))).rejects.toThrow('ECONNREFUSED');
  slow.release();
  const answer = await busy.response();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('connection')).toBe('close');
  await busy.closed();
  const client = await connectRaw(lb.address('second'));
  client.send(GET);
  await slow.until(2);
  slow.release();
  expect((await client.response()).headers.get('connection')).not.toBe('close');
});

it('keeps the socket of a listener that gets another name or protocol', async () => {
  const backend = await startAnswering('here');
  const probe = createServer();
  await listen(probe, '127.0.0.1:0');
  const bind = addressOf(probe);
  await close(probe);
  const config = (more: ConfigPart): LbConfig => ({
    listeners: [listenerTo('app', { bind, ...more })],
    pools: { app: poolOf([backend.address]) },
  });
  const reloadable = await startReloadable(config({ name: 'one' }));
  for (const more of [{ name: 'two' }, { name: 'two', protocol: 'tcp' }, { name: 'three' }]) {
    await reloadable.reload(config(more));
    const client = await connectRaw(bind);
    client.send(GET);
    expect((await client.response()).body).toBe('here');
  }
});

it('applies logs, limits and the admin address without a restart', async () => {
  const backend = await startAnswering('here');
  const reloadable = await startReloadable(webConfig([backend.address]));
  const { lb } = reloadable;
  const before = lb.adminAddress();
  const folder = makeTempDir();
  const files = { log: join(folder, 'lb.log'), access: join(folder, 'access.log') };
  const global = (level: string): ConfigPart => ({
    admin: { bind: `unix:${join(folder, 'admin.sock')}` },
    log: { level, output: files.log },
    access_log: { output: files.access },
    limits: { max_connections_per_ip: 1 },
  });
  const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  reloadable.write(webConfig([backend.address], { global: global('info') }));
  lb.signal('SIGHUP');
  await expect.poll(() => linesOf(files.log).join('\n')).toContain('"msg":"reloaded"');
  await expect(connectRaw(before)).rejects.toThrow('ECONNREFUSED');
  const admin = await connectRaw(`unix:${join(folder, 'admin.sock')}`);
  admin.send('GET /readyz HTTP/1.1\r\nHost: lb\r\n\r\n');
  expect((await admin.response()).status).toBe(200);
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  expect((await client.response()).body).toBe('here');
  await expect.poll(() => linesOf(files.access).length).toBe(1);
  const second = await connectRaw(lb.address('web'));
  expect((await second.response()).status).toBe(429);

  reloadable.write(webConfig([backend.address], { global: global('error') }));
  lb.signal('SIGHUP');
  await expect.poll(() => generationAt(admin)).toBe('3');
  writeFileSync(reloadable.path, 'nonsense');
  lb.signal('SIGHUP');
  await expect.poll(() => linesOf(files.log).at(-1)).toContain('reload refused');
  // What matters less than an error was not written.
  expect(linesOf(files.log).filter((line) => line.includes('"reloaded"'))).toHaveLength(1);
});

async function generationAt(admin: RawClient): Promise<string | undefined> {
  admin.send('GET /metrics HTTP/1.1\r\nHost: lb\r\n\r\n');
  const { body } = await admin.response();
  return /^config_generation (\d+)$/m.exec(body)?.[1];
}

it('says that nothing has changed when nothing has, and does nothing', async () => {
  const backend = await startAnswering('here');
  const reloadable = await startReloadable(webConfig([backend.address]));
  expect(await reloadable.reloadSame()).toMatchObject({ generation: 1, level: 'info' });
});

it('keeps what probes have found out of backends that stay', async () => {
  const [well, broken] = await Promise.all([
    startAnswering('well'),
    startBackend({ kind: 'refuse' }),
  ]);
  const probe = { type: 'tcp', interval: '100ms', unhealthy_threshold: 1, healthy_threshold: 1 };
  const config = (weight: number, interval: string): LbConfig =>
    webConfig([], {
      pool: {
        backends: [{ address: well.address, weight }, { address: broken.address }],
        health_check: { ...probe, interval },
        passive_health: 'off',
        retries: { attempts: 0 },
        algorithm: 'weighted_round_robin',
      },
    });
  const reloadable = await startReloadable(config(1, '100ms'));
  const { lb } = reloadable;
  await lb.line({ msg: 'backend state', to: 'down', backend: broken.address });
  // An hour: nothing would find out anew in the time of this test.
  await reloadable.reload(config(2, '1h'));
  const load = startLoad(lb.address('web'));
  await load.more(30);
  await load.stop();
  expect(load.lost).toEqual([]);
  expect(lb.lines.filter(({ to }) => to !== undefined)).toHaveLength(1);
});

async function expectServed({ lb }: ReloadableLb): Promise<void> {
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  expect((await client.response()).body).toBe('here');
  client.end();
}

it('changes nothing when an address is taken, and says which', async () => {
  const backend = await startAnswering('here');
  const other = await startAnswering('elsewhere');
  const config = (more: readonly ConfigPart[]): LbConfig => {
    const { listeners, ...rest } = webConfig([backend.address]);
    return { ...rest, listeners: [...listeners, ...more] };
  };
  const reloadable = await startReloadable(config([]));
  const free = listenerTo('app', { name: 'free' });
  const taken = listenerTo('app', { name: 'taken', bind: other.address });
  const line = await reloadable.reloadFailed(config([free, taken]));
  expect(line.why).toMatch(/^Cannot bind listener "taken" to .*: EADDRINUSE; another process/);
  expect(line.generation).toBe(1);
  await expectServed(reloadable);
  expect((await readMetrics(reloadable.lb)).sum('config_last_reload_success')).toBe(0);
  await other.kill();
  await reloadable.reload(config([free, taken]));
  expect((await readMetrics(reloadable.lb)).sum('config_last_reload_success')).toBe(1);
});

it('says that a restart is needed to exchange an address for one that covers it', async () => {
  const backend = await startAnswering('here');
  const port = backend.address.split(':')[1]!; // HOST:PORT
  await backend.kill();
  const target = await startAnswering('here');
  const config = (bind: string) => webConfig([target.address], { listener: { bind } });
  const reloadable = await startReloadable(config(`127.0.0.1:${port}`));
  const line = await reloadable.reloadFailed(config(`:${port}`));
  expect(line.why).toContain('lb itself listens on');
  expect(line.why).toContain('restart lb');
  await expectServed(reloadable);
});

it('changes nothing when a log file cannot be opened, and says which', async () => {
  const backend = await startAnswering('here');
  const reloadable = await startReloadable(webConfig([backend.address]));
  const output = join(makeTempDir(), 'missing', 'lb.log');
  const line = await reloadable.reloadFailed(
    webConfig([backend.address], { global: { log: { output } } }),
  );
  expect(line.why).toMatch(/^Cannot write the log to .*: ENOENT; needs a file in a folder/);
  await expectServed(reloadable);
});

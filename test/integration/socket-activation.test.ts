import { existsSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withFreePorts } from '../helpers/free-port.ts';
import { type HeldSocket, holdSocket, holdUnixSocket } from '../helpers/held-socket.ts';
import { type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { pathOf } from '../helpers/peers.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { ReloadableLb } from '../helpers/reloadable-lb.ts';
import { describeWith } from '../helpers/requires.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { Lb, writeConfig } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** As systemd does it: the process that becomes lb is told its own number. */
function spawnWith(descriptors: readonly number[], path: string) {
  const script = 'LISTEN_PID=$$ exec "$@"';
  const args = ['-c', script, 'sh', process.execPath, MAIN, 'start', '-c', path];
  const env = { NO_COLOR: '1', LISTEN_FDS: String(descriptors.length) };
  return startProcess('/bin/sh', args, { env, descriptors });
}

async function startWith(sockets: readonly HeldSocket[], config: LbConfig): Promise<ReloadableLb> {
  const path = writeConfig(config);
  onTestFinished(() => lb.expectBlameless());
  const descriptors = sockets.map(({ descriptor }) => descriptor);
  const lb = new Lb(spawnWith(descriptors, path));
  await lb.line({ msg: 'ready' });
  return new ReloadableLb(lb, path);
}

async function statusFrom(address: string): Promise<number> {
  const client = await connectRaw(address);
  client.send(GET);
  return (await client.response()).status;
}

it('listens on the sockets it was started with, listeners and admin alike', async () => {
  const backend = await startEchoBackend();
  const [web, admin] = [holdSocket(), holdSocket()];
  const config = webConfig([backend.address], {
    listener: { bind: web.address },
    global: { admin: { bind: admin.address } },
  });
  const { lb } = await startWith([admin, web], config);
  expect(lb.address('web')).toBe(web.address);
  expect(lb.adminAddress()).toBe(admin.address);
  expect(await statusFrom(web.address)).toBe(200);
  expect((await fetch(`http://${admin.address}/healthz`)).status).toBe(200);
  expect(await lb.stop()).toBe(0);
});

it('leaves them to the next lb, with the connections that came between the two', async () => {
  const backend = await startEchoBackend();
  const web = holdSocket();
  const config = webConfig([backend.address], { listener: { bind: web.address } });
  const first = await startWith([web], config);
  expect(await statusFrom(web.address)).toBe(200);
  expect(await first.lb.stop()).toBe(0);
  const between = await connectRaw(web.address);
  between.send(GET);
  await startWith([web], config);
  expect((await between.response()).status).toBe(200);
});

it('takes Unix sockets by their path, and leaves the file when it ends', async () => {
  const backend = await startEchoBackend();
  const path = join(makeTempDir(), 'web.sock');
  const web = holdUnixSocket(path);
  const config = webConfig([backend.address], { listener: { bind: web.address } });
  const { lb } = await startWith([web], config);
  expect(await statusFrom(web.address)).toBe(200);
  expect(await lb.stop()).toBe(0);
  expect(existsSync(path)).toBe(true);
});

it('keeps them over reloads, also those that no listener wants for a while', async () => {
  const backend = await startEchoBackend();
  const [one, other] = [holdSocket(), holdSocket()];
  const on = ({ address }: HeldSocket) =>
    webConfig([backend.address], { listener: { bind: address } });
  const reloadable = await startWith([one, other], on(one));
  const expectOnly = async (wanted: HeldSocket, unwanted: HeldSocket) => {
    expect(await statusFrom(wanted.address)).toBe(200);
    const turnedAway = await connectRaw(unwanted.address);
    await turnedAway.closed();
    expect(turnedAway.received).toBe('');
  };
  await expectOnly(one, other);
  await reloadable.reload(on(other));
  await expectOnly(other, one);
  await reloadable.reload(on(one));
  await expectOnly(one, other);
  expect(await reloadable.lb.stop()).toBe(0);
});

it('gives a listener without a host the socket of every interface, and says what it took over', async () => {
  const backend = await startEchoBackend();
  const held = holdSocket('0.0.0.0');
  const bind = held.address.replace('0.0.0.0', '');
  const { lb } = await startWith([held], webConfig([backend.address], { listener: { bind } }));
  expect(await lb.line({ msg: 'sockets taken over' })).toMatchObject({ addresses: [held.address] });
  expect(await statusFrom(held.address)).toBe(200);
});

it('does not start with a descriptor that is no socket, nor on half of an address', async () => {
  const file = openSync(import.meta.filename, 'r');
  const config = writeConfig(webConfig(['127.0.0.1:1']));
  const withFile = spawnWith([holdSocket().descriptor, file], config);
  expect((await withFile.exited).code).toBe(1);
  expect(withFile.stderr).toBe(
    'lb: Cannot take over descriptor 4: EINVAL; needs a TCP or Unix stream socket that is bound\n',
  );
  const held = holdSocket();
  const bind = held.address.replace('127.0.0.1', '');
  const covering = writeConfig(webConfig(['127.0.0.1:1'], { listener: { bind } }));
  const withPart = spawnWith([held.descriptor], covering);
  expect((await withPart.exited).code).toBe(1);
  expect(withPart.stderr).toContain('was started with that socket; give both the same address');
});

describeWith('systemd-socket-activate')('started by systemd at the first connection', () => {
  it('answers that connection', async () => {
    const backend = await startEchoBackend();
    await withFreePorts(1, async ([port]) => {
      const bind = `127.0.0.1:${port}`;
      const path = writeConfig(webConfig([backend.address], { listener: { bind } }));
      const command = [process.execPath, MAIN, 'start', '-c', path];
      const args = ['--fdname=web', '--listen', bind, ...command];
      const env = { PATH: '/usr/bin:/bin', NO_COLOR: '1' };
      const started = startProcess(pathOf('systemd-socket-activate'), args, { env });
      await started.until(/Listening on /);
      expect(await statusFrom(bind)).toBe(200);
      expect(started.stdout).toContain('"msg":"sockets taken over"');
    });
  });
});

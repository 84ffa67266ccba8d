import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { curl } from '../helpers/curl.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { startOperated } from '../helpers/operated-lb.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { describeWith } from '../helpers/requires.ts';
import { Lb, runLb, startLb, writeConfig } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const NOBODY = ['127.0.0.1:1'];
const TOKEN = 'a-token-of-enough-length';
const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** Starts lb in an environment. */
async function startIn(env: NodeJS.ProcessEnv, path: string): Promise<Lb> {
  onTestFinished(() => lb.expectBlameless());
  const lb = new Lb(startProcess(process.execPath, [MAIN, 'start', '-c', path], { env }));
  await lb.line({ msg: 'ready' });
  return lb;
}

describe('the control socket', () => {
  it('is for the user of lb alone, and goes when lb does', async () => {
    const { control, lb } = await startOperated(webConfig(NOBODY));
    expect((statSync(control).mode & 0o777).toString(8)).toBe('600');
    expect(await lb.stop()).toBe(0);
    expect(existsSync(control)).toBe(false);
  });

  it('takes the place of one that a killed lb has left, and of no other', async () => {
    const first = await startOperated(webConfig(NOBODY));
    const config = webConfig(NOBODY, { global: { control: first.control } });
    const { code, stderr } = await runLb(['start', '-c', writeConfig(config)]);
    expect(code).toBe(1);
    expect(stderr).toContain(`unix:${first.control}: EADDRINUSE`);
    expect((await first.status()).state).toBe('ready');
    await first.lb.stop('SIGKILL');
    expect(existsSync(first.control)).toBe(true);
    const second = await startLb(config);
    expect(second.lines).toContainEqual(
      expect.objectContaining({ msg: 'control listening', address: `unix:${first.control}` }),
    );
    expect((await first.status()).pid).toBe(second.pid);
  });

  it('is moved, taken away and brought back by a reload', async () => {
    const operated = await startOperated(webConfig(NOBODY));
    const elsewhere = join(dirname(operated.control), 'other.sock');
    await operated.reload(webConfig(NOBODY, { global: { control: elsewhere } }));
    expect(existsSync(operated.control)).toBe(false);
    expect((statSync(elsewhere).mode & 0o777).toString(8)).toBe('600');
    await operated.reload(webConfig(NOBODY, { global: { control: 'off' } }));
    expect(existsSync(elsewhere)).toBe(false);
    await operated.reload(webConfig(NOBODY, { global: { control: operated.control } }));
    expect((await operated.status()).generation).toBe(4);
    const line = await operated.reloadFailed(
      webConfig(NOBODY, { global: { control: '/no/such/folder/lb.sock' } }),
    );
    expect(line.why).toContain('/no/such/folder/lb.sock');
    expect((await operated.status()).reload.succeeded).toBe(false);
  });

  it('is moved by an order that came over it, and the answer still comes', async () => {
    const operated = await startOperated(webConfig(NOBODY));
    operated.write(webConfig(NOBODY, { global: { control: `${operated.control}.2` } }));
    const { status, body } = await operated.api('POST', '/api/v1/reload', {});
    expect({ status, body }).toMatchObject({ status: 200, body: { outcome: 'changed' } });
    expect(existsSync(operated.control)).toBe(false);
    expect(existsSync(`${operated.control}.2`)).toBe(true);
  });
});

describe('control: auto', () => {
  it('is in the folder that systemd has made', async () => {
    const folder = makeTempDir();
    await startIn({ RUNTIME_DIRECTORY: `${folder}:/elsewhere` }, writeConfig(webConfig(NOBODY)));
    expect(existsSync(join(folder, 'lb.sock'))).toBe(true);
  });

  it('is left out with a line where no folder will do', async () => {
    const env = { XDG_RUNTIME_DIR: '/no/such/folder' };
    const lb = await startIn(env, writeConfig(webConfig(NOBODY)));
    expect((await lb.line({ msg: 'there is no control socket' })).level).toBe('info');
  });

  it('is left to the lb that has it already', async () => {
    const env = { XDG_RUNTIME_DIR: makeTempDir() };
    const first = await startIn(env, writeConfig(webConfig(NOBODY)));
    const second = await startIn(env, writeConfig(webConfig(NOBODY)));
    const line = await second.line({ msg: 'there is no control socket' });
    expect(line).toMatchObject({ level: 'warn', why: expect.stringContaining('EADDRINUSE') });
    expect(await second.stop()).toBe(0);
    expect(existsSync(join(env.XDG_RUNTIME_DIR, 'lb.sock'))).toBe(true);
    expect(await first.stop()).toBe(0);
  });
});

describeWith('curl')('the API', () => {
  it('is the same over the control socket and over the admin address', async () => {
    const { control, lb } = await startOperated(webConfig(NOBODY));
    const overSocket = await curl('--unix-socket', control, 'http://lb/api/v1/status');
    const overAddress = await curl(`http://${lb.adminAddress()}/api/v1/status`);
    expect([overSocket.status, overAddress.status]).toEqual([200, 200]);
    const { uptime_seconds: _, ...first } = JSON.parse(overSocket.body);
    expect(JSON.parse(overAddress.body)).toMatchObject(first);
    expect(first).toMatchObject({ pid: lb.pid, state: 'ready', generation: 1 });
  });

  it('wants the token where the address is not on loopback, and forgets it with a reload', async () => {
    const secret = join(makeTempDir(), 'token');
    writeFileSync(secret, `${TOKEN}\n`);
    const admin = { bind: '0.0.0.0:0', token_file: secret };
    const reloadable = await startReloadable(webConfig(NOBODY, { global: { admin } }));
    const { lb } = reloadable;
    const url = `http://127.0.0.1:${lb.adminAddress().split(':').at(-1)}/api/v1/status`;
    const statusWith = async (token: string) =>
      (await curl('-H', `Authorization: Bearer ${token}`, url)).status;
    expect((await curl(url)).status).toBe(401);
    expect(await statusWith('another-token-of-some-length')).toBe(401);
    expect(await statusWith(TOKEN)).toBe(200);
    await reloadable.reload(webConfig(NOBODY, { global: { admin: { bind: '0.0.0.0:0' } } }));
    const refused = await curl(url);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('global.admin.token');
    expect(JSON.stringify(lb.lines)).not.toContain(TOKEN);
  });

  it('is ready while one pool is, and while lb does not stop', async () => {
    const operated = await startOperated(
      webConfig(NOBODY, { global: { shutdown: { delay: '1s' } } }),
    );
    const ready = `http://${operated.lb.adminAddress()}/readyz`;
    expect((await curl(ready)).status).toBe(200);
    operated.lb.signal('SIGTERM');
    await operated.lb.line({ msg: 'stopping' });
    expect((await operated.api('GET', '/readyz')).body.message).toContain('lb is stopping');
    expect((await operated.lb.exited).code).toBe(0);
  });
});

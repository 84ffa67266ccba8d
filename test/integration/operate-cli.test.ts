import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { startOperated } from '../helpers/operated-lb.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { runLb, spawnLb, startLb, writeConfig } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const backends = ['a', 'b'].map((name, n) => ({ name, address: `127.0.0.1:${n + 1}` }));
const config = webConfig([], { pool: { backends } });

describe('lb drain', () => {
  it('waits for what is in flight, and says by its exit code whether that has ended', async () => {
    const slow = await startHoldingBackend();
    const first = { name: 'a', address: slow.address };
    const operated = await startOperated(
      webConfig([], { pool: { backends: [first, backends[1]] } }),
    );
    const client = await connectRaw(operated.lb.address('web'));
    client.send('GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n');
    await slow.until(1);
    const drain = ['drain', 'app/a', '--why', 'new disk', '--wait'];
    const early = await operated.run(...drain, '100ms');
    expect(early).toMatchObject({ code: 1, stderr: '' });
    expect(early.stdout).toContain('app/a is not drained after 100ms: 1 in flight');
    const waiting = spawnLb([...drain, '5m', '--json', '--control', operated.control]);
    slow.release();
    expect(await waiting.exited).toMatchObject({ code: 0 });
    expect(JSON.parse(waiting.stdout)).toMatchObject({
      idle: true,
      backend: { state: 'draining' },
    });
    const [order] = (await operated.status()).drift;
    expect(order).toMatchObject({ why: 'new disk', who: expect.stringMatching(/^.+@.+$/) });
  });

  it('knows what was meant, and what is wrong', async () => {
    const operated = await startOperated(config);
    expect(await operated.run('drain', 'ap/a')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'lb: Cannot find the pool "ap"; did you mean "app"?\n',
    });
    expect(await operated.run('remove', 'app/a')).toMatchObject({ code: 0 });
    expect(await operated.run('remove', 'app/b')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it is the last backend of app'),
    });
    const nobody = await runLb(['ready', 'app/a', '--control', '/no/such/socket']);
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('is lb running?') });
  });
});

describe('lb log-level', () => {
  it('changes what is written at once, says so in the log, and yields to a reload', async () => {
    const operated = await startOperated(config);
    expect(await operated.run('log-level', 'loud')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('level is "loud"; needs one of error, warn, info'),
    });
    expect(await operated.run('log-level', 'trace', '--why', 'who connects?')).toEqual({
      code: 0,
      stdout: 'the log level is trace, it was info\n',
      stderr: '',
    });
    const ordered = await operated.lb.line({ msg: 'log level ordered' });
    expect(ordered).toMatchObject({ from: 'info', to: 'trace', why: 'who connects?' });
    await connectRaw(operated.lb.address('web'));
    await operated.lb.line({ level: 'trace', msg: 'connection opened' });
    expect((await operated.run('log-level', 'trace')).stdout).toContain('is trace already');
    operated.write({ ...config, global: { log: { level: 'error' } } });
    await operated.run('reload');
    expect((await operated.run('log-level', 'error')).stdout).toContain('is error already');
  });
});

describe('lb reload and lb plan', () => {
  it('say what changes, and whether it does, by text and exit code', async () => {
    const operated = await startOperated(config);
    const { path } = operated;
    expect(await operated.run('plan', '-c', path)).toMatchObject({
      code: 0,
      stdout: 'nothing would change\n',
    });
    operated.write(
      webConfig([], {
        pool: { backends: [backends[0]!], slow_start: '0s', retries: { attempts: 1 } },
      }),
    );
    const changes = `~ pool app\n    retries.attempts: 2 → 1\n- backend app/b\n1 changed, 1 removed\n`;
    expect(await operated.run('plan', '-c', path)).toMatchObject({ code: 3, stdout: changes });
    const reload = await operated.run('reload');
    expect(reload).toMatchObject({ code: 0, stdout: `${changes}reloaded: generation 2\n` });
    operated.write(webConfig([], { pool: { backends, retires: {} } }));
    for (const command of [['reload'], ['plan', '-c', path]]) {
      const refused = await operated.run(...command);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('did you mean "retries"?');
    }
    expect((await operated.status()).generation).toBe(2);
  });

  it('compare two files without an lb, and never show a secret', async () => {
    const folder = makeTempDir();
    const files = ['old', 'new'].map((name, n) => {
      const sticky = { secret: `${name}-secret-of-some-length` };
      const path = join(folder, `${name}.yaml`);
      writeFileSync(
        path,
        JSON.stringify(webConfig([], { pool: { backends: [backends[n]], sticky } })),
      );
      return path;
    });
    const args = ['plan', '-c', files[1]!, '--from', files[0]!];
    const { code, stdout } = await runLb(args);
    expect(code).toBe(3);
    expect(stdout).toContain('sticky.secret: (secret) → (secret)');
    expect(stdout).not.toContain('of-some-length');
    expect(stdout).toContain('+ backend app/b\n- backend app/a\n');
  });
});

describe('lb status', () => {
  it('finds lb by the file in the folder, and draws itself anew until Ctrl-C', async () => {
    const folder = makeTempDir();
    const control = join(folder, 'lb.sock');
    const whole = { ...config, global: { control, admin: 'off' } };
    writeFileSync(join(folder, 'lb.yaml'), JSON.stringify(whole));
    await startLb(whole);
    const args = [MAIN, 'status', '--watch'];
    const watch = startProcess(process.execPath, args, { cwd: folder, env: {} });
    await watch.until(/POOL app {2}2 of 2 take new traffic[\s\S]*POOL app/);
    watch.kill('SIGINT');
    expect(await watch.exited).toEqual({ code: null, signal: 'SIGINT' });
    expect(watch.stderr).toBe('');
    expect(watch.stdout).not.toContain('\u001b');
  });

  it('says where it has looked when there is no lb', async () => {
    const path = writeConfig({ ...config, global: { control: 'off' } });
    const off = await runLb(['status', '-c', path]);
    expect(off).toMatchObject({ code: 1, stderr: expect.stringContaining('says control: off') });
  });
});

describe('the admin address', () => {
  it('changes nothing without the token, everything with it, and names whoever had it', async () => {
    const token = 'a-token-of-enough-length';
    const admin = { bind: '127.0.0.1:0', token };
    const operated = await startOperated({ ...config, global: { admin } });
    const url = `http://${operated.lb.adminAddress()}/api/v1/pools/app/backends/a/order`;
    const put = (headers: Record<string, string>) =>
      fetch(url, {
        method: 'PUT',
        body: '{"order":"draining"}',
        headers: { ...headers, Connection: 'close' },
      });
    expect((await put({})).status).toBe(401);
    expect((await put({ Authorization: `Bearer ${token}y` })).status).toBe(401);
    expect((await operated.status()).drift).toEqual([]);
    const authorization = { Authorization: `Bearer ${token}`, 'X-LB-User': 'somebody else' };
    expect((await put(authorization)).status).toBe(200);
    const [order] = (await operated.status()).drift;
    expect(order?.who).toBe('admin token from 127.0.0.1');
    const plan = await fetch(`http://${operated.lb.adminAddress()}/api/v1/plan?path=/etc/passwd`, {
      headers: { ...authorization, Connection: 'close' },
    });
    expect(plan.status).toBe(403);
    expect(JSON.stringify(operated.lb.lines)).not.toContain(token);
  });
});

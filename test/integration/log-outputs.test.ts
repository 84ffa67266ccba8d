import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askMany } from '../helpers/ask-many.ts';
import { findFreePort } from '../helpers/free-port.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { readMetricsOf } from '../helpers/metrics.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { mountSmallDisk } from '../helpers/small-disk.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb, writeConfig } from '../helpers/start-lb.ts';
import { Load } from '../helpers/start-load.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

/** Lines of this length fill the 16 MiB that may wait with two thousand and some. */
const LONG_PATH = 7000;
const TOO_MANY = 3000;

const startBackend = () => startHttpBackend((_request, response) => response.end('ok'));
const DROPPED = 'access_log_dropped_lines_total';

/** Whole lines of text; a part of one fails. */
function linesIn(text: string): readonly { readonly path?: string; readonly msg?: string }[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const accessIn = (text: string) => linesIn(text).filter(({ path }) => path !== undefined);

describe('standard output that nobody reads', () => {
  /** lb with a pipe for its output, from which nothing is read before the test does. */
  async function startUnread() {
    const backend = await startBackend();
    const admin = `127.0.0.1:${await findFreePort()}`;
    const bind = `unix:${join(makeTempDir(), 'web.sock')}`;
    const overrides = { global: { admin: { bind: admin } }, listener: { bind } };
    const path = writeConfig(webConfig([backend.address], overrides));
    const main = resolve(import.meta.dirname, '../../src/main.ts');
    const lb = spawn(process.execPath, [main, 'start', '-c', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(lb, 'close');
    onTestFinished(async () => {
      lb.kill('SIGKILL');
      lb.stdout.resume();
      await exited;
    });
    await expect.poll(() => existsSync(bind.slice('unix:'.length)), { timeout: 15_000 }).toBe(true);
    return { lb, admin, client: await connectRaw(bind), exited };
  }

  it('holds up no traffic, loses only what is counted, and gets the rest when it is read', async () => {
    const { lb, admin, client, exited } = await startUnread();
    expect([...(await askMany(client, TOO_MANY, LONG_PATH))]).toEqual([200]);
    const dropped = () => readMetricsOf(admin).then((metrics) => metrics.sum(DROPPED));
    await expect.poll(dropped, { timeout: 15_000 }).toBeGreaterThan(0);
    let text = '';
    lb.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await expect.poll(() => text, { timeout: 15_000 }).toContain('log output works again');
    await askMany(client, 1, 10);
    const lost = await dropped();
    lb.kill('SIGTERM');
    await exited;
    expect(lb.exitCode).toBe(0);
    expect(accessIn(text).length + lost).toBe(TOO_MANY + 1);
    expect(text).toContain(`"dropped":${lost},"msg":"log output works again"`);
  });

  it('does not keep lb from ending', async () => {
    const { lb, client } = await startUnread();
    await askMany(client, TOO_MANY, LONG_PATH);
    const exit = once(lb, 'exit');
    lb.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});

describe('a full disk', () => {
  it('holds up no traffic, and gets what waited when there is room again', async () => {
    const disk = mountSmallDisk();
    const output = join(disk.path, 'access.log');
    const backend = await startBackend();
    const lb = await startLb(webConfig([backend.address], { global: { access_log: { output } } }));
    const client = await connectRaw(lb.address('web'));
    disk.fill(64 * 1024);
    expect([...(await askMany(client, 200, LONG_PATH))]).toEqual([200]);
    await lb.line({ msg: 'log output fails: lines wait, and are dropped once too many do' });
    disk.free();
    await lb.line({ msg: 'log output works again', output, dropped: 0 });
    await askMany(client, 1, 10);
    expect(await lb.stop()).toBe(0);
    expect(accessIn(readFileSync(output, 'utf8'))).toHaveLength(201);
  });

  it('loses what is beyond the bound, counted, and the operational log survives, too', async () => {
    const backend = await startBackend();
    const global = { access_log: { output: '/dev/full' } };
    const lb = await startLb(webConfig([backend.address], { global }));
    const client = await connectRaw(lb.address('web'));
    expect([...(await askMany(client, TOO_MANY, LONG_PATH))]).toEqual([200]);
    const dropped = async () => (await readMetricsOf(lb.adminAddress())).sum(DROPPED);
    await expect.poll(dropped, { timeout: 15_000 }).toBeGreaterThan(0);
    await lb.line({ output: '/dev/full', why: 'ENOSPC' });
    expect(await lb.stop()).toBe(0);
    const failures = lb.lines.filter(({ output }) => output === '/dev/full');
    expect(failures).toHaveLength(1);
  });

  it('lets an operational log on it say what was wrong once there is room', async () => {
    const disk = mountSmallDisk();
    const output = join(disk.path, 'lb.log');
    const backend = await startBackend();
    const global = { log: { output }, access_log: { output } };
    const bind = `unix:${join(makeTempDir(), 'web.sock')}`;
    const config = webConfig([backend.address], { global, listener: { bind } });
    const { lb, exited } = spawnToFile(writeConfig(config));
    const text = () => (existsSync(output) ? readFileSync(output, 'utf8') : '');
    await expect.poll(text, { timeout: 15_000 }).toContain('"ready"');
    const client = await connectRaw(bind);
    disk.fill(64 * 1024);
    await askMany(client, 200, LONG_PATH);
    disk.free();
    await expect.poll(text, { timeout: 15_000 }).toContain('log output works again');
    lb.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(linesIn(text()).map(({ msg }) => msg)).toContain('stopped');
    expect(text()).toContain('log output fails');
    expect(accessIn(text())).toHaveLength(200);
  });
});

/** An lb whose lines all go to files. */
function spawnToFile(path: string) {
  const main = resolve(import.meta.dirname, '../../src/main.ts');
  const lb = spawn(process.execPath, [main, 'start', '-c', path], { stdio: 'inherit' });
  const exited = once(lb, 'exit');
  onTestFinished(async () => {
    lb.kill('SIGKILL');
    await exited;
  });
  return { lb, exited };
}

describe('SIGUSR1', () => {
  it('leaves every line in exactly one of the files, however often they are moved under load', async () => {
    const folder = makeTempDir();
    const output = join(folder, 'access.log');
    const backend = await startBackend();
    const global = { access_log: { output } };
    const lb = await startLb(webConfig([backend.address], { global }));
    const load = new Load(lb.address('web'));
    const files = [output];
    for (let turn = 1; turn <= 5; turn++) {
      await load.more(200);
      const old = join(folder, `access.log.${turn}`);
      renameSync(output, old);
      files.push(old);
      lb.signal('SIGUSR1');
      await lb.someLines({ msg: 'log files reopened' }, turn);
    }
    await load.more(200);
    await load.stop();
    expect(await lb.stop()).toBe(0);
    expect(load.lost).toEqual([]);
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    for (const text of texts) expect(accessIn(text).length).toBeGreaterThan(0);
    const ids = texts.flatMap((text) => [...text.matchAll(/"request_id":"(\w+)"/g)]);
    expect(ids).toHaveLength(load.answers.length);
    expect(new Set(ids.map(([, id]) => id)).size).toBe(load.answers.length);
  });

  it('is not needed where the file is copied and emptied', async () => {
    const folder = makeTempDir();
    const output = join(folder, 'access.log');
    const backend = await startBackend();
    const lb = await startLb(webConfig([backend.address], { global: { access_log: { output } } }));
    const client = await connectRaw(lb.address('web'));
    await askMany(client, 100, 100);
    await expect.poll(() => accessIn(readFileSync(output, 'utf8')).length).toBe(100);
    copyFileSync(output, `${output}.1`);
    truncateSync(output);
    await askMany(client, 50, 100);
    expect(await lb.stop()).toBe(0);
    expect(accessIn(readFileSync(output, 'utf8'))).toHaveLength(50);
  });

  it('moves the operational log as well', async () => {
    const folder = makeTempDir();
    const output = join(folder, 'lb.log');
    const backend = await startBackend();
    const global = { log: { output }, access_log: { output } };
    const { lb, exited } = spawnToFile(writeConfig(webConfig([backend.address], { global })));
    const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
    await expect.poll(() => text(output), { timeout: 15_000 }).toContain('"ready"');
    renameSync(output, `${output}.1`);
    lb.kill('SIGUSR1');
    await expect.poll(() => text(output), { timeout: 15_000 }).toContain('log files reopened');
    lb.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(text(`${output}.1`)).not.toContain('reopened');
    expect(linesIn(text(output)).map(({ msg }) => msg)).toContain('stopped');
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { makeExecutable } from '../../build/executable.ts';
import { isRoot, makeBareRoot, startInRoot } from '../helpers/bare-root.ts';
import { type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { residentMiB } from '../helpers/memory.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { ReloadableLb } from '../helpers/reloadable-lb.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { Lb } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';

const root = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';
const CONFIG = '/etc/lb/lb.yaml';

/** Above a Node that does nothing but listen; the same as for the bundle. */
const MAX_OWN_MIB = 16;

const folder = mkdtempSync(join(tmpdir(), 'lb-executable-'));
const executable = join(folder, 'lb');
beforeAll(async () => {
  const files = join(folder, 'bundle');
  await bundle(files, 'cafe12345678');
  makeExecutable(files, executable);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

it('says version, commit and runtime', async () => {
  const lb = startProcess(executable, ['--version'], { env: {} });
  expect(await lb.exited).toEqual({ code: 0, signal: null });
  expect(lb.stdout).toBe(`lb ${version} (cafe12345678, Node ${process.version})\n`);
});

/** lb, running in a bare root, on a file that can be rewritten. */
async function startBare(bare: string, config: LbConfig): Promise<ReloadableLb> {
  const path = join(bare, CONFIG);
  const reloadable = (lb: Lb) => new ReloadableLb(lb, path);
  write(path, config);
  onTestFinished(() => lb.expectBlameless());
  const lb = new Lb(startInRoot(bare, ['start', '-c', CONFIG]));
  await lb.line({ msg: 'ready' });
  return reloadable(lb);
}

function write(path: string, config: LbConfig): void {
  const global = { admin: { bind: '127.0.0.1:0' }, ...config.global };
  writeFileSync(path, JSON.stringify({ ...config, global }));
}

async function bodyFrom(address: string): Promise<string> {
  const client = await connectRaw(address);
  client.send(GET);
  const response = await client.response();
  expect(response.status).toBe(200);
  return String(response.body);
}

describe.runIf(isRoot())('where there is nothing but libc, as a user without rights', () => {
  it('checks a configuration and says what is wrong with it', async () => {
    const bare = makeBareRoot(executable);
    write(join(bare, CONFIG), webConfig(['127.0.0.1:1']));
    const good = startInRoot(bare, ['check']);
    expect((await good.exited).code).toBe(0);
    expect(good.stdout).toContain(`${CONFIG}: ok`);
    writeFileSync(join(bare, CONFIG), 'listenrs: []\n');
    const bad = startInRoot(bare, ['check']);
    expect((await bad.exited).code).toBe(2);
    expect(bad.stderr).toContain('did you mean "listeners"?');
  });

  it('runs the demo', async () => {
    const bare = makeBareRoot(executable);
    const demo = startInRoot(bare, ['demo', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']);
    await demo.until(/Ctrl-C/);
    const [, address = ''] = await demo.until(/balancer {3}http:\/\/(\S+)/);
    await bodyFrom(address);
    demo.kill('SIGINT');
    expect(await demo.exited).toEqual({ code: 0, signal: null });
  });

  it('serves, reloads on SIGHUP and stops in order on SIGTERM', async () => {
    const [one, two] = [await startEchoBackend('one'), await startEchoBackend('two')];
    const reloadable = await startBare(makeBareRoot(executable), webConfig([one.address]));
    const { lb } = reloadable;
    expect(await bodyFrom(lb.address('web'))).toContain('"one"');
    await reloadable.reload(webConfig([two.address]));
    expect(await bodyFrom(lb.address('web'))).toContain('"two"');
    expect(await lb.stop()).toBe(0);
  });

  it('imports algorithms and checks of the operator, and anew when they have changed', async () => {
    const [one, two] = [await startEchoBackend('one'), await startEchoBackend('two')];
    const bare = makeBareRoot(executable);
    const algorithm = (index: number) =>
      writeFileSync(
        join(bare, 'etc/lb/mine.js'),
        `import { index } from './index.mjs';
         export const algorithm = { name: 'mine', optionsSchema: { type: 'object' }, weighted: false,
           build: (eligible) => ({ pick: () => Math.min(${index} + index, eligible.length - 1) }) };`,
      );
    writeFileSync(join(bare, 'etc/lb/index.mjs'), 'export const index = 0;');
    writeFileSync(
      join(bare, 'etc/lb/check.mjs'),
      `import { connect } from 'node:net';
       export const probe = ({ host, port }) => new Promise((resolve, reject) => {
         const socket = connect(port, host, () => { socket.destroy(); resolve(); }).on('error', reject);
       });`,
    );
    algorithm(1);
    const config = webConfig([one.address, two.address], {
      pool: { algorithm: './mine.js', health_check: { type: './check.mjs' } },
    });
    const reloadable = await startBare(bare, config);
    const { lb } = reloadable;
    expect(await bodyFrom(lb.address('web'))).toContain('"two"');
    algorithm(0);
    await reloadable.reload(config);
    expect(await bodyFrom(lb.address('web'))).toContain('"one"');
    expect(await lb.stop()).toBe(0);
  });

  it('does what lb.service says: its command, on a port below 1024', async () => {
    const backend = await startEchoBackend('one');
    const bare = makeBareRoot(executable);
    // An address of loopback that nobody else has a reason to use.
    write(
      join(bare, CONFIG),
      webConfig([backend.address], { listener: { bind: '127.94.3.1:80' } }),
    );
    const unit = readFileSync(join(root, 'lb.service'), 'utf8');
    const [program = '', ...args] = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    expect(program).toBe('/usr/bin/lb');
    mkdirSync(join(bare, 'run/lb'), { recursive: true, mode: 0o777 });
    const lb = new Lb(startInRoot(bare, args));
    await lb.line({ msg: 'ready' });
    expect(await bodyFrom('127.94.3.1:80')).toContain('"one"');
    const status = readFileSync(`/proc/${lb.pid}/status`, 'latin1');
    expect(status).toMatch(/^CapEff:\s+0+400$/m); // CAP_NET_BIND_SERVICE is bit 10
    expect(status).toMatch(/^CapBnd:\s+0+$/m);
    expect(await lb.stop()).toBe(0);
  });
});

it('is as small as the bundle; says how large and how quick it is', async () => {
  if (process.platform !== 'linux') return; // nothing to read it from
  const bare = startProcess(process.execPath, [
    '-e',
    "require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('ready'))",
  ]);
  await bare.until(/ready/);
  const backend = await startEchoBackend();
  const path = join(folder, 'lb.yaml');
  write(path, webConfig([backend.address]));
  const began = performance.now();
  const lb = new Lb(startProcess(executable, ['start', '-c', path], { env: {} }));
  await lb.line({ msg: 'ready' });
  await bodyFrom(lb.address('web'));
  const startMs = performance.now() - began;
  const idleMiB = residentMiB(lb.pid);
  const megabytes = statSync(executable).size / 1e6;
  process.stderr.write(
    `dist/lb: ${megabytes.toFixed(0)} MB, first answer after ${startMs.toFixed(0)} ms, idle ${idleMiB.toFixed(1)} MiB\n`,
  );
  expect(idleMiB - residentMiB(bare.pid)).toBeLessThan(MAX_OWN_MIB);
  expect(await lb.stop()).toBe(0);
});

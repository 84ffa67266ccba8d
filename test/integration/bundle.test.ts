import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { runCheck } from '../../src/cli/check.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { residentMiB } from '../helpers/memory.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { Lb, runLb, writeConfig } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const root = resolve(import.meta.dirname, '../..');
const broken = join(root, 'test/fixtures/broken');
const brokenFiles = readdirSync(broken).filter((file) => file.endsWith('.yaml'));
const { bin, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Above a process that does nothing but listen. From sources it is five times as much. */
const MAX_OWN_MIB = 16;
/** Of Node, and our own, that an ordinary `lb start` runs without. */
const NOT_AT_START = ['crypto', 'http', 'https', 'worker_threads', 'fs/promises', 'readline'];
const NOT_OUR_OWN = ['ajv.cjs', 'check.cjs', 'demo.cjs'];

const folder = mkdtempSync(join(tmpdir(), 'lb-bundle-'));
const main = join(folder, 'lb.cjs');
beforeAll(() => bundle(folder, 'cafe12345678'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, NO_COLOR: '1' };

/** Runs the bundle by its own name, as npx does, to its end. */
async function runBundle(args: readonly string[]) {
  const started = startProcess(main, args, { env: environment });
  const { code } = await started.exited;
  return { code, stdout: started.stdout, stderr: started.stderr };
}

it('is what the package offers as lb', () => expect(bin).toEqual({ lb: 'dist/lb.cjs' }));

it.each(['--help', 'no-such-command', 'check --print -c examples/full.yaml'])(
  'says of lb %s what the sources say',
  async (line) => {
    const args = line.split(' ').map((arg) => (arg.endsWith('.yaml') ? join(root, arg) : arg));
    expect(await runBundle(args)).toEqual(await runLb(args));
  },
);

it('says what it was built from', async () => {
  const { stdout } = await runBundle(['--version']);
  expect(stdout).toBe(`lb ${version} (cafe12345678, Node ${process.version})\n`);
  expect((await runLb(['--version'])).stdout).toContain('(commit unknown, Node ');
});

it('finds broken files to check', () => expect(brokenFiles.length).toBeGreaterThan(10));

it.each(brokenFiles)('says of %s what the sources say', async (file) => {
  const path = join(broken, file);
  const said = { code: 0, stdout: '', stderr: '' };
  said.code = await runCheck(
    { config: path, print: false },
    {
      stdout: (text) => {
        said.stdout += text;
      },
      stderr: (text) => {
        said.stderr += text;
      },
      env: {},
      color: false,
    },
  );
  expect(said.code).toBe(2);
  expect(await runBundle(['check', '-c', path])).toEqual(said);
});

it('brings up the demo', async () => {
  const args = ['demo', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
  const demo = startProcess(main, args, { env: environment });
  await demo.until(/Ctrl-C/);
  demo.kill('SIGINT');
  expect(await demo.exited).toEqual({ code: 0, signal: null });
});

/** The bundle on the smallest configuration, after one request through it. */
async function startAsked(...nodeOptions: readonly string[]) {
  const backend = await startEchoBackend();
  const config = writeConfig(webConfig([backend.address]));
  const args = [...nodeOptions, '--no-maglev', main, 'start', '-c', config];
  const lb = new Lb(startProcess(process.execPath, args, { env: environment }));
  await lb.line({ msg: 'ready' });
  const client = await connectRaw(lb.address('web'));
  client.send('GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n');
  expect((await client.response()).status).toBe(200);
  await lb.line({ status: 200 });
  return lb;
}

it('loads nothing to start that it does not need', async () => {
  const out = join(makeTempDir(), 'loaded.json');
  const listing = join(makeTempDir(), 'listing.cjs');
  writeFileSync(
    listing,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(out)},
       JSON.stringify([process.moduleLoadList, Object.keys(require.cache)])));`,
  );
  const lb = await startAsked('--require', listing);
  expect(await lb.stop()).toBe(0);
  const [nodes, files] = JSON.parse(readFileSync(out, 'utf8')) as [string[], string[]];
  expect(nodes).toContain('NativeModule net');
  expect(nodes.filter((name) => NOT_AT_START.includes(name.replace(/^\S+ /, '')))).toEqual([]);
  expect(files).toContain(join(folder, 'run.cjs'));
  expect(NOT_OUR_OWN.filter((name) => files.includes(join(folder, name)))).toEqual([]);
});

it('stays small when idle', async () => {
  if (process.platform !== 'linux') return; // nothing to read it from
  const bare = spawn(process.execPath, [
    '-e',
    "require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('ready'))",
  ]);
  onTestFinished(async () => {
    bare.kill('SIGKILL');
    await once(bare, 'close');
  });
  await once(bare.stdout, 'data');
  const lb = await startAsked();
  const ownMiB = residentMiB(lb.pid) - residentMiB(bare.pid ?? 0);
  expect(ownMiB).toBeGreaterThan(0);
  expect(ownMiB).toBeLessThan(MAX_OWN_MIB);
});

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRelease } from '../../build/release.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { pathOf } from '../helpers/peers.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { describeWith } from '../helpers/requires.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { Lb, writeConfig } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const root = resolve(import.meta.dirname, '../..');
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const revision = { commit: 'cafe12345678', seconds: 1_767_225_600 };

const folder = mkdtempSync(join(tmpdir(), 'lb-test-release-'));
const release = join(folder, 'first');
const installed = join(folder, 'installed');

beforeAll(async () => {
  await makeRelease(release, revision, [process.arch]);
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), '{ "private": true }');
  const archive = join(release, `lb-${version}.tgz`);
  execFileSync('npm', ['install', '--offline', '--no-audit', '--silent', archive], {
    cwd: installed,
  });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

it('is the same bytes when it is made again', async () => {
  const second = join(folder, 'second');
  await makeRelease(second, revision, [process.arch]);
  const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8');
  expect(sums.split('\n').length).toBeGreaterThan(8);
  expect(readFileSync(join(second, 'SHA256SUMS'), 'utf8')).toBe(sums);
  rmSync(second, { recursive: true });
});

it('lists the sum of every file', () => {
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: release });
  const listed = readFileSync(join(release, 'SHA256SUMS'), 'utf8').match(/\S+$/gm);
  const files = readdirSync(release).filter((file) => file !== 'SHA256SUMS');
  expect(listed).toEqual(files.sort());
});

it('brings the JSON Schema of lb.yaml, by itself and in the package', () => {
  const schema = readFileSync(join(root, 'schema/lb.schema.json'), 'utf8');
  for (const folder of [release, join(installed, 'node_modules/lb')]) {
    expect(readFileSync(join(folder, 'lb.schema.json'), 'utf8')).toBe(schema);
  }
});

it('installs from npm with nothing else, and runs', async () => {
  expect(readdirSync(join(installed, 'node_modules')).filter((name) => name !== '.bin')).toEqual([
    '.package-lock.json',
    'lb',
  ]);
  const backend = await startEchoBackend();
  const config = writeConfig(webConfig([backend.address]));
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const program = join(installed, 'node_modules/.bin/lb');
  const lb = new Lb(startProcess(program, ['start', '-c', config], { env }));
  await lb.line({ msg: 'ready' });
  const client = await connectRaw(lb.address('web'));
  client.send('GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n');
  expect((await client.response()).status).toBe(200);
  expect(await lb.stop()).toBe(0);
});

it('has types to write an algorithm and a check against', () => {
  const folder = makeTempDir();
  symlinkSync(join(installed, 'node_modules'), join(folder, 'node_modules'));
  const source = `import type { Algorithm } from 'lb/algorithm';
    import type { CheckFunction } from 'lb/health-check';
    export const algorithm: Algorithm = {
      name: 'first', optionsSchema: { type: 'object' }, weighted: false, build: () => ({ pick: () => 0 }),
    };
    export const probe: CheckFunction = ({ port }, signal) => [port.toFixed(), signal.aborted];`;
  writeFileSync(join(folder, 'mine.mts'), source);
  writeFileSync(join(folder, 'wrong.mts'), source.replace('pick: () => 0', "pick: () => ''"));
  const check = (file: string) => {
    const types = join(root, 'node_modules/@types');
    const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext'];
    const lib = ['--lib', 'es2024', '--typeRoots', types, '--types', 'node'];
    const tsc = join(root, 'node_modules/.bin/tsc');
    return execFileSync(tsc, [...options, ...lib, file], { cwd: folder, encoding: 'utf8' });
  };
  expect(check('mine.mts')).toBe('');
  expect(() => check('wrong.mts')).toThrow();
});

it('tells what is in it: a bill of materials and a licence for each', () => {
  const bom = JSON.parse(readFileSync(join(release, 'lb.cdx.json'), 'utf8'));
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  expect(bom.metadata.timestamp).toBe('2026-01-01T00:00:00.000Z');
  const components: { name: string; version: string; 'bom-ref': string }[] = bom.components;
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['node', ...Object.keys(dependencies)]));
  expect(components.find(({ name }) => name === 'node')?.version).toBe(process.version.slice(1));
  const refs = [bom.metadata.component, ...components].map((component) => component['bom-ref']);
  expect(bom.dependencies.map(({ ref }: { ref: string }) => ref).sort()).toEqual(refs.sort());
  const licenses = readFileSync(join(release, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const { name, version } of components.filter(({ name }) => name !== 'node')) {
    expect(licenses).toContain(`${name} ${version} (`);
  }
  expect(licenses).toContain(`Node.js ${process.versions.node} (`);
});

describeWith('mandoc')('the manual page', () => {
  it('has no mistakes, and every command and option', async () => {
    const page = join(release, 'lb.1');
    const lint = startProcess(pathOf('mandoc'), ['-T', 'lint', '-W', 'warning', page]);
    expect(await lint.exited).toEqual({ code: 0, signal: null });
    expect(lint.stdout).toBe('');
    const shown = startProcess(pathOf('mandoc'), ['-T', 'utf8', '-O', 'width=78', page]);
    await shown.exited;
    const struckTwice = new RegExp(`.${String.fromCharCode(8)}`, 'gu'); // bold and underlined letters
    const plain = shown.stdout.replace(struckTwice, '');
    const { commands } = await import('../../src/cli/commands/catalog.ts');
    for (const { name, options } of commands) {
      expect(plain).toContain(`lb ${name}`);
      for (const option of Object.keys(options)) expect(plain).toContain(`--${option}`);
    }
  });
});

describeWith('systemd-analyze')('the units', () => {
  const analyze = (...args: string[]) => startProcess(pathOf('systemd-analyze'), args);

  it('are right, as systemd sees it', async () => {
    const folder = makeTempDir();
    const program = join(release, `lb-linux-${process.arch}`);
    for (const unit of ['lb.service', 'lb.socket']) {
      const text = readFileSync(join(release, unit), 'utf8');
      writeFileSync(join(folder, unit), text.replaceAll('/usr/bin/lb', program));
    }
    const units = ['lb.service', 'lb.socket'].map((unit) => join(folder, unit));
    const verified = analyze('verify', '--man=no', ...units);
    expect((await verified.exited).code).toBe(0);
    expect(verified.stdout + verified.stderr).toBe('');
  });

  it('leave little to an attacker', async () => {
    // The threshold is in tenths: an exposure of 1.5 of 10 or more fails.
    const args = ['security', '--offline=true', '--no-pager', '--threshold=14'];
    const judged = analyze(...args, join(release, 'lb.service'));
    expect((await judged.exited).code, judged.stdout).toBe(0);
    expect(judged.stdout).toMatch(/Overall exposure level for lb\.service: 1\.[0-4] OK/);
  });
});

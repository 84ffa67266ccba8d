import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { addressOf, close, listen } from '../helpers/listen.ts';
import { runLb, writeConfig } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const BACKEND = '127.0.0.1:3000'; // never dialled

/** Starts lb with one listener that cannot be bound; gives its exit code and all it said. */
async function failToBind(bind: string) {
  const config = webConfig([BACKEND], { listener: { bind } });
  const { code, stdout, stderr } = await runLb(['start', '-c', writeConfig(config)]);
  return { code, said: stdout + stderr };
}

it('says which listener, address and errno, and what to do, when a port is taken', async () => {
  const other = createServer();
  await listen(other, '127.0.0.1:0');
  onTestFinished(() => close(other));
  const bind = addressOf(other);
  const { code, said } = await failToBind(bind);
  expect(code).toBe(1);
  expect(said).toContain(
    `Cannot bind listener "web" to ${bind}: EADDRINUSE; another process listens there`,
  );
});

it('says so for a unix socket in a folder that is missing', async () => {
  const bind = `unix:${join(makeTempDir(), 'missing/lb.sock')}`;
  const { code, said } = await failToBind(bind);
  expect(code).toBe(1);
  expect(said).toContain('listener "web"');
  expect(said).toContain(bind);
  expect(said).toMatch(/ENOENT|EACCES/);
});

it('says so for an address that this machine has not', async () => {
  const { code, said } = await failToBind('192.0.2.1:8080'); // TEST-NET-1
  expect(code).toBe(1);
  expect(said).toContain('EADDRNOTAVAIL');
});

it('says so when the admin address is taken', async () => {
  const other = createServer();
  await listen(other, '127.0.0.1:0');
  onTestFinished(() => close(other));
  const config = webConfig([BACKEND], {
    listener: { bind: '127.0.0.1:0' },
    global: { admin: { bind: addressOf(other) } },
  });
  const { code, stdout, stderr } = await runLb(['start', '-c', writeConfig(config)]);
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/admin.*EADDRINUSE/i);
});

it('does not start on an invalid configuration and says where it is wrong', async () => {
  const path = join(makeTempDir(), 'lb.yaml');
  writeFileSync(
    path,
    'listeners:\n  - bind: ":0"\n    pool: wbe\npools:\n  web:\n    backends: [127.0.0.1:3000]\n',
  );
  const { code, stdout, stderr } = await runLb(['start', '-c', path]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`${path}:3:11`);
  expect(stderr).toContain('web');
});

it('says when it cannot read its configuration', async () => {
  const missing = await runLb(['start', '-c', '/missing/lb.yaml']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('/missing/lb.yaml');
  expect(missing.stderr).toContain('no such file');
});

it('checks a configuration without starting it', async () => {
  const good = await runLb(['check', '-c', writeConfig(webConfig([BACKEND]))]);
  expect(good).toMatchObject({ code: 0, stderr: '' });
  const bad = await runLb([
    'check',
    '-c',
    writeConfig(webConfig([BACKEND], { pool: { algorithm: 'round_robbin' } })),
  ]);
  expect(bad.code).toBe(2);
  expect(bad.stdout + bad.stderr).toContain('round_robin');
});

it('prints the effective configuration, with every default', async () => {
  const printed = await runLb(['check', '--print', '-c', writeConfig(webConfig([BACKEND]))]);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(printed.stdout).toContain('response_header: 60s');
  const path = join(makeTempDir(), 'lb.yaml');
  writeFileSync(path, printed.stdout);
  chmodSync(path, 0o644);
  expect(await runLb(['check', '-c', path]), 'what was printed').toMatchObject({ code: 0 });
});

it.each([[['bogus']], [['start', '--bogus']], [['start', '-c']]])(
  'exits 2 on wrong usage: lb %s',
  async (args) => {
    const { code, stdout, stderr } = await runLb(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(args.at(-1));
  },
);

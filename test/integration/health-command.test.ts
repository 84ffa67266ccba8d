import { join } from 'node:path';
import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { Lb, runLb, spawnLb, writeConfig } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

/** A configuration whose admin listener is at `bind`. */
const fileFor = (bind: string) =>
  writeConfig(webConfig(['127.0.0.1:1'], { global: { admin: { bind } } }));

const ask = (path: string, ...flags: string[]) => runLb(['health', '-c', path, ...flags]);

it('says yes while lb runs, also over a Unix socket, and no when it does not', async () => {
  const bind = `unix:${join(makeTempDir(), 'admin.sock')}`;
  const path = fileFor(bind);
  const lb = new Lb(spawnLb(['start', '-c', path]));
  await lb.line({ msg: 'ready' });
  expect(await ask(path)).toEqual({ code: 0, stdout: `${bind}/healthz: 200 OK\n`, stderr: '' });
  expect(await ask(path, '--ready')).toEqual({
    code: 0,
    stdout: `${bind}/readyz: 200 OK\n`,
    stderr: '',
  });
  expect(await lb.stop()).toBe(0);
  const { code, stderr } = await ask(path);
  expect(code).toBe(1);
  expect(stderr).toContain(`lb: Cannot ask ${bind}: `);
});

it('says no to any answer but 200, and to what is no answer', async () => {
  const answers = {
    'HTTP/1.1 503 Service Unavailable\r\n\r\n': '/readyz: 503 Service Unavailable\n',
    'ready\r\n': '/readyz: ready\n',
    'nothing that ends a line': 'Cannot ask',
  };
  for (const [bytes, said] of Object.entries(answers)) {
    const other = await startBackend({ kind: 'answer-and-close', bytes });
    const { code, stdout, stderr } = await ask(fileFor(other.address), '--ready');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(said);
  }
});

it('says what is missing when it has nobody to ask', async () => {
  const path = writeConfig(webConfig(['127.0.0.1:1'], { global: { admin: 'off' } }));
  expect(await ask(path)).toEqual({
    code: 1,
    stdout: '',
    stderr: `lb: Cannot ask: admin is off in ${path}; needs global.admin\n`,
  });
});

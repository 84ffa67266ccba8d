import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type OutputConfig, ProcessOutputs } from '../../../src/daemon/outputs.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

const config = (log: string, access: string, level: 'info' | 'warn' = 'info'): OutputConfig => ({
  log: { level, output: log },
  accessLog: { enabled: true, output: access },
});

function makeFiles() {
  const folder = makeTempDir();
  const [one, two] = [join(folder, 'one.log'), join(folder, 'two.log')];
  return { one, two, missing: join(folder, 'missing', 'lb.log') };
}

/** Both outputs in one file, closed when the test ends: nothing is written to the streams of the process. */
function open(path: string): ProcessOutputs {
  const outputs = new ProcessOutputs(config(path, path));
  onTestFinished(() => outputs.prepare(config('stdout', 'stdout'))());
  return outputs;
}

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean);

it('opens a file once, whoever writes there', async () => {
  const { one } = makeFiles();
  const outputs = open(one);
  outputs.log.info({}, 'hello');
  outputs.accessLog.write(Buffer.from('{"access":1}\n'));
  await expect.poll(() => linesOf(one)).toHaveLength(2);
});

it('goes on in other files, at another level, for those who have it already', async () => {
  const { one, two } = makeFiles();
  const outputs = open(one);
  const { log, accessLog } = outputs;
  log.info({}, 'first');
  const change = outputs.prepare(config(two, one, 'warn'));
  log.info({}, 'second');
  change();
  log.info({}, 'unseen');
  log.warn({}, 'third');
  accessLog.write(Buffer.from('{"msg":"access"}\n'));
  const messages = (path: string) => linesOf(path).map((line) => JSON.parse(line).msg);
  await expect.poll(() => messages(one)).toEqual(['first', 'second', 'access']);
  await expect.poll(() => messages(two)).toEqual(['third']);
});

it('changes nothing when one of two files cannot be opened', async () => {
  const { one, two, missing } = makeFiles();
  const outputs = open(one);
  expect(() => outputs.prepare(config(two, missing))).toThrow(
    /^Cannot write the log to .*missing\/lb\.log: ENOENT; needs a file in a folder that exists/,
  );
  outputs.log.info({}, 'still here');
  await expect.poll(() => linesOf(one)).toHaveLength(1);
});

import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type OutputConfig, ProcessOutputs } from '../../../src/daemon/outputs.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

const config = (log: string, access: string, level: 'info' | 'warn' = 'info'): OutputConfig => ({
  log: { level, output: log },
  accessLog: {
    enabled: true,
    output: access,
    fields: [],
    query: 'keep',
    clientIp: 'full',
    samplePercent: 100,
    slowMs: 0,
  },
});

function makeFiles() {
  const folder = makeTempDir();
  const [one, two] = [join(folder, 'one.log'), join(folder, 'two.log')];
  return { one, two, missing: join(folder, 'missing', 'lb.log') };
}

/** Both outputs in one file, closed when the test ends. */
function open(path: string): ProcessOutputs {
  const outputs = new ProcessOutputs(config(path, path));
  onTestFinished(() => outputs.prepare(config('/dev/null', '/dev/null')).commit());
  return outputs;
}

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean);
const messages = (path: string) => linesOf(path).map((line) => JSON.parse(line).msg);

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
  change.commit();
  log.info({}, 'unseen');
  log.warn({}, 'third');
  accessLog.write(Buffer.from('{"msg":"access"}\n'));
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

it('opens nothing for a configuration that is dropped again', async () => {
  const { one, two } = makeFiles();
  const outputs = open(one);
  outputs.prepare(config(two, two)).abort();
  outputs.log.info({}, 'still here');
  await expect.poll(() => messages(one)).toEqual(['still here']);
  expect(linesOf(two)).toEqual([]);
});

it('keeps a level that was set since, until the configuration asks for another', () => {
  const { one } = makeFiles();
  const outputs = open(one);
  outputs.log.level = 'trace';
  outputs.prepare(config(one, one)).commit();
  expect(outputs.log.level).toBe('trace');
  outputs.prepare(config(one, one, 'warn')).commit();
  expect(outputs.log.level).toBe('warn');
});

describe('ProcessOutputs after its files were moved away', () => {
  it('writes what came before to the old file and what comes after to the new one', async () => {
    const { one, two } = makeFiles();
    const outputs = open(one);
    outputs.log.info({}, 'before');
    renameSync(one, two);
    outputs.log.info({}, 'moved');
    outputs.reopen();
    outputs.log.info({}, 'after');
    outputs.accessLog.write(Buffer.from('{"msg":"access"}\n'));
    await expect.poll(() => messages(two)).toEqual(['before', 'moved']);
    await expect.poll(() => messages(one)).toEqual(['log files reopened', 'after', 'access']);
  });

  it('goes on in the old file, and says so, when there can be no new one', async () => {
    const { one, two } = makeFiles();
    const outputs = open(one);
    renameSync(one, two);
    mkdirSync(one);
    outputs.reopen();
    outputs.accessLog.write(Buffer.from('{"msg":"access"}\n'));
    await expect
      .poll(() => messages(two))
      .toEqual([
        'log file not reopened: lb writes on to the one that is open',
        'log files reopened',
        'access',
      ]);
  });
});

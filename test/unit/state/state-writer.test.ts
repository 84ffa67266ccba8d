import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parseState, type State } from '../../../src/state/state-document.ts';
import { StateWriter } from '../../../src/state/state-writer.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { NOON, TestLog, TestOwner } from './make-owner.ts';

function makeWriter(path = join(makeTempDir(), 'state.json')) {
  const owner = new TestOwner();
  const log = new TestLog();
  const { time, wallClock } = owner;
  const writer = new StateWriter({ path, owner, wallClock, log, ...time });
  const read = (): State => parseState(readFileSync(path, 'utf8'));
  /** Waits for the write that is under way, if there is one. */
  const settle = () => expect.poll(() => writer.busy).toBe(false);
  const pass = async (ms: number) => {
    time.pass(ms);
    await settle();
  };
  return { path, owner, log, writer, read, settle, pass };
}

it('writes at once, for its owner alone, and leaves nothing else in the folder', async () => {
  const { path, writer, read, settle } = makeWriter();
  writer.start();
  await settle();
  expect(read().backends.map(({ backend }) => backend)).toEqual(['a', 'b', 'c']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual(['state.json']);
});

it('writes a change within a second, and no change before a minute', async () => {
  const { owner, writer, read, settle, pass } = makeWriter();
  writer.start();
  await settle();
  await pass(30_000);
  expect(read().writtenMs).toBe(NOON);
  owner.get('b').observe(false, 'refused');
  await pass(1000);
  expect(read().backends[1]?.observed?.value).toBe(false);
  expect(read().writtenMs).toBe(NOON + 31_000);
  await pass(59_000);
  expect(read().writtenMs).toBe(NOON + 31_000);
  await pass(1000);
  expect(read().writtenMs).toBe(NOON + 91_000);
});

it('writes once a second however much changes, and never two at once', async () => {
  const { owner, writer, read, settle } = makeWriter();
  writer.start();
  for (let turn = 0; turn < 5; turn++) {
    owner.get('a').observe(turn % 2 === 0, `turn ${turn}`);
    owner.time.pass(1000); // while the first write is still under way
  }
  await settle();
  expect(read().backends[0]?.observed).toBeNull(); // as it was when that one began
  owner.time.pass(1000);
  await settle();
  expect(read().backends[0]?.observed?.why).toBe('turn 4');
  expect(writer.failures).toBe(0); // two at once would fall over each other
});

it('writes the last change when it stops, after the write that is under way', async () => {
  const { owner, writer, read } = makeWriter();
  writer.start();
  owner.get('c').order('maintenance', 'new disk', 'ann');
  await writer.stop();
  expect(read().backends[2]?.ordered).toMatchObject({ value: 'maintenance', who: 'ann' });
  expect(owner.time.wheel.size).toBe(0);
});

it('says once that it cannot write, counts, tries again, and says when it can', async () => {
  const folder = join(makeTempDir(), 'missing');
  const { log, writer, read, settle, pass } = makeWriter(join(folder, 'state.json'));
  writer.start();
  await settle();
  expect(writer.failures).toBe(1);
  await pass(9_000);
  expect(writer.failures).toBe(1);
  await pass(1_000);
  expect(writer.failures).toBe(2);
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]).toMatchObject({
    level: 'error',
    facts: { why: expect.stringContaining('ENOENT') },
    text: expect.stringMatching(/^cannot write the state file: until it can be/),
  });
  mkdirSync(folder);
  await pass(10_000);
  expect(read().backends).toHaveLength(3);
  expect(log.lines.map(({ text }) => text).slice(1)).toEqual(['the state file is written again']);
});

it('never follows a link that somebody has laid at its temporary name', async () => {
  const { path, writer, settle } = makeWriter();
  const victim = join(makeTempDir(), 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, `${path}.tmp`);
  writer.start();
  await settle();
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(writer.failures).toBe(0);
});

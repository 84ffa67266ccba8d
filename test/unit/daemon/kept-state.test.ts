import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KeptState } from '../../../src/daemon/kept-state.ts';
import { parseState } from '../../../src/state/state-document.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { TestLog, TestOwner } from '../state/make-owner.ts';

function makeKept(owner = new TestOwner()) {
  const { time, wallClock } = owner;
  const kept = new KeptState({ owner, wallClock, log: new TestLog(), ...time });
  return { owner, kept };
}

const stateIn = (path: string) => parseState(readFileSync(path, 'utf8')).backends[0]?.observed;

it('hands what one lb has written on to the next, when that has its backends', async () => {
  const path = join(makeTempDir(), 'state.json');
  const before = makeKept();
  before.kept.keep(path);
  before.owner.get('a').observe(false, 'refused');
  await before.kept.stop();
  const { owner, kept } = makeKept();
  const { restore } = await kept.read(path);
  expect(owner.get('a').state).toBe('up');
  restore();
  expect(owner.get('a').state).toBe('down');
});

it('goes over to another file, and writes the one before a last time', async () => {
  const folder = makeTempDir();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  const { owner, kept } = makeKept();
  kept.keep(one);
  await expect.poll(() => existsSync(one)).toBe(true);
  const first = kept.writer;
  kept.keep(one);
  expect(kept.writer).toBe(first);
  owner.get('a').observe(false, 'refused');
  kept.keep(two);
  await expect.poll(() => existsSync(two) && stateIn(one)?.why).toBe('refused');
  await kept.stop();
  expect(stateIn(two)?.why).toBe('refused');
});

it('writes nowhere when there is no file', async () => {
  const path = join(makeTempDir(), 'state.json');
  const { owner, kept } = makeKept();
  (await kept.read(null)).restore();
  kept.keep(null);
  expect(kept.writer).toBeNull();
  kept.keep(path);
  const last = kept.writer;
  kept.keep(null);
  expect(kept.writer).toBeNull();
  expect(owner.time.wheel.size).toBe(0);
  await last?.stop();
  expect(last?.failures).toBe(0);
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyState } from '../../../src/state/apply-state.ts';
import { STALE_MS } from '../../../src/state/known-facts.ts';
import { readState } from '../../../src/state/read-state.ts';
import { describeState, renderState } from '../../../src/state/state-document.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { eject, TestLog, TestOwner } from './make-owner.ts';

/** Another lb, started on that file so much later. */
async function restart(path: string, { afterMs = 1000, owner = new TestOwner() } = {}) {
  const log = new TestLog();
  const wallClock = () => owner.wallClock() + afterMs;
  const options = { path, owner, wallClock, log };
  const state = await readState(options);
  if (state !== null) applyState(state, options);
  return { owner, log };
}

function fileWith(content: string | Uint8Array): string {
  const path = join(makeTempDir(), 'state.json');
  writeFileSync(path, content);
  return path;
}

/** What an lb leaves behind at noon. */
function fileAfter(happened: (owner: TestOwner) => void): string {
  const owner = new TestOwner();
  happened(owner);
  return fileWith(renderState(describeState(owner, owner.wallClock())));
}

const everything = () =>
  fileAfter((owner) => {
    owner.get('a').observe(false, 'status 503');
    eject(owner.get('b'));
    owner.get('c').order('draining', 'new disk', 'ann');
  });

it('goes on where lb was: down, ejected and ordered, since when and why', async () => {
  const path = everything();
  const { owner, log } = await restart(path);
  expect(owner.states).toEqual(['down', 'ejected', 'draining']);
  expect(owner.backends.map(({ why }) => why)).toEqual([
    'status 503',
    '3 failures in a row, the last: the backend refused the connection',
    'new disk',
  ]);
  const { backends } = owner;
  expect(
    backends.map(({ backend }) => [backend.healthy, backend.ejected, backend.ordered]),
  ).toEqual([
    [false, false, 'ready'],
    [true, true, 'ready'],
    [true, false, 'draining'],
  ]);
  expect(owner.get('c').ordered.who).toBe('ann');
  expect(owner.get('a').sinceMs).toBe(owner.wallClock());
  expect(owner.changes).toEqual([]);
  expect(log.lines.map(({ text }) => text)).toEqual([
    'state restored',
    ...Array.from({ length: 3 }, () => 'backend state restored'),
  ]);
  expect(log.lines[0]?.facts).toEqual({ path, age_ms: 1000, restored: 3, unknown: 0 });
});

it('leaves what is down down until the first probe says otherwise', async () => {
  const { owner } = await restart(everything());
  owner.get('a').observe(true, 'the probe passed');
  expect(owner.get('a').state).toBe('up');
});

it('ends an ejection when it would have ended without the restart', async () => {
  const { owner } = await restart(everything(), { afterMs: 3000 });
  owner.time.pass(1800);
  expect(owner.get('b').state).toBe('ejected');
  owner.time.pass(400);
  expect(owner.get('b').state).toBe('half_open');
});

it('gives one trial to a backend whose ejection ended while lb was away', async () => {
  const { owner } = await restart(everything(), { afterMs: 8000 });
  expect(owner.get('b').state).toBe('ejected');
  owner.time.pass(200);
  expect([owner.get('b').state, owner.get('b').backend.ejected]).toEqual(['half_open', false]);
});

it('doubles the ejection after the restart, as it would have without', async () => {
  const { owner } = await restart(everything(), { afterMs: 5000 });
  owner.time.pass(200);
  const { backend } = owner.get('b');
  backend.watcher?.onAttempt();
  backend.watcher?.onFailure('connect_refused');
  owner.time.pass(9900);
  expect(owner.get('b').state).toBe('ejected');
  owner.time.pass(200);
  expect(owner.get('b').state).toBe('half_open');
});

it('does not eject longer than is configured now', async () => {
  const path = everything();
  const state = JSON.parse(readFileSync(path, 'utf8'));
  state.backends[1].ejected.until = '2099-01-01T00:00:00.000Z';
  const { owner } = await restart(fileWith(JSON.stringify(state)));
  owner.time.pass(60_200);
  expect(owner.get('b').state).toBe('half_open');
});

it('takes only orders from a stale file, and warns', async () => {
  const path = everything();
  const fresh = await restart(path, { afterMs: STALE_MS });
  expect(fresh.owner.states).toEqual(['down', 'ejected', 'draining']);
  const { owner, log } = await restart(path, { afterMs: STALE_MS + 1 });
  expect(owner.states).toEqual(['up', 'up', 'draining']);
  expect(log.complaints).toEqual([
    'the state file is stale: only what people ordered is taken from it',
  ]);
});

it('takes a file from the future for a stale one, and nothing to have begun later than now', async () => {
  const { owner, log } = await restart(everything(), { afterMs: -STALE_MS - 1 });
  expect(owner.states).toEqual(['up', 'up', 'draining']);
  expect(owner.get('c').sinceMs).toBe(owner.wallClock() - STALE_MS - 1);
  expect(log.complaints).toHaveLength(1);
});

it('ignores what the file says of backends that are not there, and counts them', async () => {
  const path = everything();
  const { owner, log } = await restart(path, { owner: new TestOwner([1, 2, 4]) });
  expect(owner.states).toEqual(['down', 'ejected', 'up']); // c has moved
  expect(log.lines[0]?.facts).toEqual({ path, age_ms: 1000, restored: 2, unknown: 1 });
  expect(log.complaints).toEqual([]);
});

it('warns of a file from another configuration', async () => {
  const { owner, log } = await restart(everything(), { owner: new TestOwner([7, 8, 9]) });
  expect(owner.states).toEqual(['up', 'up', 'up']);
  expect(log.complaints[0]).toMatch(/^the state file is from another configuration: every backend/);
});

it('leaves out what the configuration has no check or passive health for', async () => {
  const owner = new TestOwner();
  owner.get('a').probed = false;
  owner.get('b').breaker = null;
  await restart(everything(), { owner });
  expect(owner.states).toEqual(['up', 'up', 'draining']);
});

it('warns of a file that it cannot use, and keeps it beside', async () => {
  const path = fileWith('{"version":2}');
  const { log } = await restart(path);
  const [warning] = log.lines;
  expect(warning).toEqual({
    level: 'warn',
    facts: { path, why: 'version 2 is not 1, which lb knows', kept_as: `${path}.ignored` },
    text: 'the state file is ignored: every backend counts as healthy and ready until lb knows better',
  });
  expect(existsSync(path)).toBe(false);
  expect(readFileSync(`${path}.ignored`, 'utf8')).toBe('{"version":2}');
});

it('warns of a path that is no file, and leaves it alone', async () => {
  const path = join(makeTempDir(), 'state.json');
  mkdirSync(path);
  const { log } = await restart(path);
  expect(log.lines.map(({ facts }) => facts)).toEqual([{ path, why: 'it is not a regular file' }]);
  expect(existsSync(path)).toBe(true);
});

it('says without a warning that there is no file yet', async () => {
  const { log } = await restart(join(makeTempDir(), 'state.json'));
  expect(log.lines.map(({ level, text }) => [level, text])).toEqual([
    ['info', 'there is no state file yet'],
  ]);
});

it('starts with any bytes in the file: it warns, or it has understood them', async () => {
  const dir = makeTempDir();
  const path = join(dir, 'state.json');
  const good = readFileSync(everything());
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }))
    .map(([at, bytes]) => {
      const copy = Buffer.from(good);
      copy.set(bytes.subarray(0, copy.length - at), at);
      return copy;
    });
  const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged);
  await fc.assert(
    fc.asyncProperty(anyBytes, async (bytes) => {
      writeFileSync(path, bytes);
      const { log } = await restart(path);
      const [first] = log.lines;
      expect([first?.level, first?.text === 'state restored']).toEqual(
        first?.level === 'warn' ? ['warn', false] : ['info', true],
      );
    }),
    { numRuns: 500 },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { ExchangeMemory } from '../../../src/why/exchange-memory.ts';
import { Ring } from '../../../src/why/ring.ts';
import { makeRecord } from './make-record.ts';

function makeMemory(entries = 10, slowMs = 1000) {
  const world = { nowMs: 5000, situations: 0 };
  const memory = new ExchangeMemory(
    { entries, slowMs },
    {
      wallClock: () => world.nowMs,
      situationOf: (pool) => `${++world.situations} of ${pool}`,
    },
  );
  return { memory, world };
}

const failed = (requestId: string): ExchangeRecord =>
  makeRecord({ requestId, status: 502, reason: 'backend_reset' });
const refused = (requestId: string): ExchangeRecord =>
  makeRecord({ requestId, status: 404, reason: 'no_route', backend: null, pool: '' });

const attempt = { backend: 'a', reason: 'connect_refused', durationMs: 1, reused: false } as const;

describe('what is kept', () => {
  it.each<[string, Partial<ExchangeRecord>, boolean]>([
    ['what went well', {}, false],
    ['what a client was refused by a backend', { status: 404 }, false],
    ['what lb itself refused', { status: 404, reason: 'no_route' }, true],
    ['an error of the backend itself', { status: 500 }, true],
    ['what went well on another backend', { failedAttempts: [attempt] }, true],
    ['what was slow', { endedMs: 2000 }, true],
    ['what was nearly slow', { endedMs: 1999 }, false],
    ['a response that was cut', { reason: 'response_stalled' }, true],
    ['a WebSocket of an hour', { status: 101, endedMs: 3_600_000 }, false],
    ['a TCP session of an hour', { protocol: 'tcp', status: 0, endedMs: 3_600_000 }, false],
    ['a TCP session that failed', { protocol: 'tcp', status: 0, reason: 'no_backend' }, true],
  ])('%s: %o', (_name, parts, kept) => {
    const { memory } = makeMemory();
    memory.onExchange(makeRecord(parts));
    expect(memory.exchanges).toHaveLength(kept ? 1 : 0);
  });

  it('is a copy, without the query, and cut to size', () => {
    const { memory } = makeMemory();
    const record = { ...failed('x'), path: `/${'p'.repeat(2000)}`, failedAttempts: [attempt] };
    memory.onExchange(record);
    record.path = '/of-the-next-request';
    const [kept] = memory.find('x');
    expect(kept).toMatchObject({
      endedAtMs: 5000,
      backend: 'api-1',
      backendAddress: '10.0.0.11:3000',
      durationMs: 20,
      failedAttempts: [attempt],
    });
    expect(kept?.path).toHaveLength(512);
    expect(JSON.stringify(kept)).not.toContain('secret');
  });
});

it('finds all of an id, and tells all of them with the newest first', () => {
  const { memory, world } = makeMemory();
  for (const [record, atMs] of [
    [failed('a'), 1],
    [refused('b'), 2],
    [failed('c'), 3],
    [refused('a'), 4],
  ] as const) {
    world.nowMs = atMs;
    memory.onExchange(record);
  }
  expect(memory.exchanges.map(({ endedAtMs }) => endedAtMs)).toEqual([4, 3, 2, 1]);
  expect(memory.find('a').map(({ reason }) => reason)).toEqual(['no_route', 'backend_reset']);
  expect(memory.find('z')).toEqual([]);
});

it('loses no failure to any number of refusals', () => {
  const { memory } = makeMemory(4);
  for (const id of ['f1', 'f2', 'f3']) memory.onExchange(failed(id));
  for (let n = 0; n < 100; n++) memory.onExchange(refused(`r${n}`));
  const ids = memory.exchanges.map(({ requestId }) => requestId);
  expect(ids.toSorted()).toEqual(['f2', 'f3', 'r98', 'r99']);
});

it('goes over to other options with what it has', () => {
  const { memory } = makeMemory(8);
  for (const id of ['a', 'b', 'c', 'd']) memory.onExchange(failed(id));
  memory.configure({ entries: 4, slowMs: 10 });
  memory.onExchange(makeRecord({ requestId: 'slow now' }));
  const ids = memory.exchanges.map(({ requestId }) => requestId);
  expect(ids.toSorted()).toEqual(['c', 'd', 'slow now']);
  memory.configure({ entries: 0, slowMs: 10 });
  memory.onExchange(failed('e'));
  expect(memory.exchanges).toEqual([]);
});

it('describes the pool of those that found no backend, and not for each of many', () => {
  const { memory, world } = makeMemory();
  const unserved = makeRecord({ status: 503, reason: 'no_backend', backend: null, attempts: 0 });
  memory.onExchange(unserved);
  world.nowMs += 249;
  memory.onExchange(unserved);
  world.nowMs += 1;
  memory.onExchange(unserved);
  memory.onExchange(failed('x'));
  const texts = memory.exchanges.map(({ situation }) => situation);
  expect(texts.toSorted()).toEqual(['', '1 of api', '1 of api', '2 of api']);
});

it('has a ring that keeps the last so many through any sequence of sizes', () => {
  const step = fc.oneof(fc.constant('add' as const), fc.nat(5));
  fc.assert(
    fc.property(fc.nat(5), fc.array(step, { maxLength: 40 }), (first, steps) => {
      const ring = new Ring<number>(first);
      let expected: readonly number[] = [];
      let capacity = first;
      for (const [n, what] of steps.entries()) {
        if (what === 'add') ring.add(n);
        else ring.resize(what);
        if (what === 'add') expected = [...expected, n];
        else capacity = what;
        expected = capacity === 0 ? [] : expected.slice(-capacity);
        expect(ring.items).toEqual(expected);
      }
    }),
  );
});

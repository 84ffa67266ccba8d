import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { Draining } from '../../../src/daemon/draining.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import type { ClientConnection } from '../../../src/protocol/connection-set.ts';
import type { RunningListener } from '../../../src/protocol/protocol.ts';
import { logInto } from '../../helpers/log-into.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { makeBackend } from '../../helpers/pool-parts.ts';

/** A listener with sessions to a backend, whose `active` follows them. */
function makeListener(backend: Backend, count: number) {
  const open = new Set<ClientConnection>();
  const reasons: string[] = [];
  for (let index = 0; index < count; index++) {
    const session: ClientConnection = {
      joinedTo: backend,
      drain() {},
      destroy(reason) {
        reasons.push(reason);
        end(session);
        return true;
      },
    };
    open.add(session);
  }
  backend.active = count;
  const end = (session: ClientConnection) => {
    if (open.delete(session)) backend.active--;
  };
  const listener: RunningListener = {
    name: 'web',
    address: { kind: 'unix', path: '/x' },
    get connections() {
      return open.size;
    },
    sessions: (of) => [...open].filter(({ joinedTo }) => of === null || joinedTo === of),
    serve() {},
    drain: () => Promise.resolve(),
    destroy: () => 0,
  };
  return { listener, open, reasons, end };
}

function makeDraining() {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const lines: object[] = [];
  const log = logInto(lines);
  const draining = new Draining({ clock, wheel, log });
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.pass(100);
      wheel.advance();
    }
  };
  return { draining, lines, pass };
}

it('leaves sessions of a removed backend alone for its time, then cuts them bit by bit', () => {
  const { draining, lines, pass } = makeDraining();
  const backend = makeBackend('one');
  const { listener, open, reasons } = makeListener(backend, 100);
  draining.addBackend(backend, 60_000, () => [listener]);
  pass(59_000);
  expect(open.size).toBe(100);
  const left: number[] = [];
  while (open.size > 0 && left.length < 200) {
    pass(100);
    if (left.at(-1) !== open.size) left.push(open.size);
  }
  const cuts = left.map((size, index) => (left[index - 1] ?? 100) - size);
  expect(Math.max(...cuts)).toBeLessThanOrEqual(10);
  expect(new Set(reasons)).toEqual(new Set(['drain_timeout']));
  pass(1000);
  expect(lines).toEqual([
    { level: 'info', pool: 'app', backend: 'one', active: 100, msg: 'backend removed: it drains' },
    { level: 'info', pool: 'app', backend: 'one', cut: 100, msg: 'backend drained' },
  ]);
});

it('says soon that a backend is drained when its last session has ended by itself', () => {
  const { draining, lines, pass } = makeDraining();
  const backend = makeBackend('one');
  const { listener, open, end } = makeListener(backend, 2);
  draining.addBackend(backend, 60_000, () => [listener]);
  for (const session of open) end(session);
  pass(1000);
  expect(lines.at(-1)).toMatchObject({ msg: 'backend drained', cut: 0 });
});

it('never cuts an exchange, however long it takes', () => {
  const { draining, lines, pass } = makeDraining();
  const backend = makeBackend('one');
  const { listener, reasons } = makeListener(backend, 0);
  backend.active = 1;
  draining.addBackend(backend, 1000, () => [listener]);
  pass(60_000);
  expect(reasons).toEqual([]);
  backend.active = 0;
  pass(1000);
  expect(lines.at(-1)).toMatchObject({ msg: 'backend drained', cut: 0 });
});

it('is silent about a backend that has nothing to finish', () => {
  const { draining, lines } = makeDraining();
  draining.addBackend(makeBackend('one'), 1000, () => []);
  expect(lines).toEqual([]);
});

it('keeps a removed listener until its connections are gone', () => {
  const { draining, lines, pass } = makeDraining();
  const { listener } = makeListener(makeBackend('one'), 3);
  draining.addListener(listener, 2000);
  expect([...draining.listeners]).toEqual([listener]);
  pass(15_000);
  expect([...draining.listeners]).toEqual([]);
  expect(lines).toEqual([
    { level: 'info', listener: 'web', connections: 3, msg: 'listener removed: it drains' },
    { level: 'info', listener: 'web', cut: 3, msg: 'listener drained' },
  ]);
});

it('cuts sessions of a removed backend on a listener that is removed, too', () => {
  const { draining, pass } = makeDraining();
  const backend = makeBackend('one');
  const { listener, reasons } = makeListener(backend, 1);
  draining.addListener(listener, 600_000);
  draining.addBackend(backend, 1000, () => []);
  pass(5000);
  expect(reasons).toEqual(['drain_timeout']);
});

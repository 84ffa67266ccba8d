import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import type { StateChange } from '../../../src/health/backend-health.ts';
import { Health } from '../../../src/health/health.ts';
import { IoBuffers } from '../../../src/transport/io-buffers.ts';
import { makeBackend, TestPool } from '../../helpers/pool-parts.ts';

const passiveHealth = {
  consecutiveFailures: 1,
  ejectionMs: 5000,
  maxEjectionMs: 60_000,
  minHealthy: 1,
  count5xx: false,
  countSlowerThanMs: 0,
};

/** Two backends in a real pool whose traffic is all that judges them. */
function makeHealth() {
  const backends = [makeBackend('a'), makeBackend('b')];
  const parts = new TestPool(backends);
  const changes: StateChange[] = [];
  const spared: string[] = [];
  const health = new Health({
    wheel: parts.wheel,
    clock: parts.clock,
    wallClock: () => parts.clock.now(),
    buffers: new IoBuffers(),
    random: () => 0.5,
    listener: {
      onProbe: () => undefined,
      onStateChange: (change) => changes.push(change),
      onSpared: (pool, reason) => spared.push(`${pool} ${reason}`),
    },
  });
  health.add(parts.pool, { healthCheck: null, passiveHealth });
  return { backends: backends as [Backend, Backend], parts, changes, spared, health };
}

/** As protocol code does. @returns who is given the next exchange. */
function next({ pool }: TestPool): string {
  const backend = pool.balancer.pick(0)!; // one of two is always left
  pool.begin(backend);
  if (backend.watched) backend.watcher?.onAttempt();
  return backend.name;
}

it('keeps an ejected backend out of the pool, then gives it exactly one exchange', () => {
  const { backends, parts } = makeHealth();
  const [a] = backends;
  a.watcher?.onFailure('connect_refused');
  const picks = () => Array.from({ length: 6 }, () => next(parts)).join('');
  expect(picks()).toBe('bbbbbb');
  for (let tenth = 0; tenth < 51; tenth++) parts.pass(100);
  expect(picks().replaceAll('b', '')).toBe('a');
  expect(picks()).toBe('bbbbbb');
  a.watcher?.onAnswer(200, 1);
  expect(picks().replaceAll('b', '')).toBe('aaa');
});

it('takes an ejected backend back when the last other one is lost', () => {
  const { backends, health, changes, parts } = makeHealth();
  backends[0].watcher?.onFailure('connect_refused');
  health.backends[1]?.observe(false, 'refused');
  expect(changes.map(({ backend, to }) => `${backend} ${to}`)).toEqual([
    'a ejected',
    'b down',
    'a up',
  ]);
  expect(next(parts)).toBe('a');
});

it('names the pool whose backend was spared', () => {
  const { backends, spared } = makeHealth();
  for (const backend of backends) backend.watcher?.onFailure('connect_refused');
  expect(spared).toEqual(['app all_fail']);
});

it('goes on after a restart, but takes back who is needed for the least number of backends', () => {
  const { health, changes, parts } = makeHealth();
  const sinceMs = 0;
  const ejected = {
    value: 'open',
    why: '3 failures',
    sinceMs,
    remainingMs: 4000,
    level: 1,
  } as const;
  const ordered = { value: 'draining', why: 'new disk', who: 'ann', sinceMs } as const;
  health.restore(({ name }) => ({
    observed: null,
    ejected: name === 'a' ? ejected : null,
    ordered: name === 'b' ? ordered : null,
  }));
  expect(health.backends.map(({ state }) => state)).toEqual(['up', 'draining']);
  expect(changes.map(({ backend, to }) => [backend, to])).toEqual([['a', 'up']]);
  expect(next(parts)).toBe('a');
});

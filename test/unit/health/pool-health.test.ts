import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import type { StateChange } from '../../../src/health/backend-health.ts';
import { Health } from '../../../src/health/health.ts';
import type { PoolHealthConfig } from '../../../src/health/pool-health.ts';
import { IoBuffers } from '../../../src/transport/io-buffers.ts';
import { makeBackend, TestPool } from '../../helpers/pool-parts.ts';

const PASSIVE = {
  consecutiveFailures: 1,
  ejectionMs: 60_000,
  maxEjectionMs: 60_000,
  minHealthy: 0,
  count5xx: false,
  countSlowerThanMs: 0,
};
const OFF: PoolHealthConfig = { healthCheck: null, passiveHealth: null };
const CHECK = {
  type: 'tcp',
  intervalMs: 5000,
  timeoutMs: 2000,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  options: { send: '', expect: '' },
} as const;

/** Three backends and their health; no probe ever begins, because nothing is started. */
function makePool(config: PoolHealthConfig) {
  const backends = ['one', 'two', 'three'].map((name) => makeBackend(name));
  const parts = new TestPool(backends);
  const changes: StateChange[] = [];
  const health = new Health({
    wheel: parts.wheel,
    clock: parts.clock,
    wallClock: () => parts.clock.now(),
    buffers: new IoBuffers(),
    random: () => 0.5,
    listener: { onStateChange: (change) => changes.push(change), onProbe() {}, onSpared() {} },
  });
  health.add(parts.pool, config);
  const of = (backend: Backend) => health.backends.find((each) => each.backend === backend)!;
  return { clock: parts.clock, pool: parts.pool, backends, health, changes, of };
}

it('keeps what is known of backends that stay, and knows those of the moment', () => {
  const { pool, backends, health, of } = makePool({ ...OFF, passiveHealth: PASSIVE });
  const [one, two, three] = backends as [Backend, Backend, Backend];
  of(one).observe(false, 'it broke');
  two.watcher?.onFailure('connect_refused');
  const [first, second] = [of(one), of(two)];
  const four = makeBackend('four');
  pool.replaceBackends([two, four, one]);
  health.update(pool, { ...OFF, passiveHealth: { ...PASSIVE, ejectionMs: 30_000 } });
  expect(health.backends.map(({ name }) => name)).toEqual(['two', 'four', 'one']);
  expect([of(one), of(two)]).toEqual([first, second]);
  expect([of(two).state, of(four).state, of(one).state]).toEqual(['ejected', 'up', 'down']);
  expect(three.watcher).toBeNull();
  expect(four.watcher).not.toBeNull();
});

it('takes ejected backends back when passive health is switched off', () => {
  const { pool, backends, health, of } = makePool({ ...OFF, passiveHealth: PASSIVE });
  const [one] = backends as [Backend];
  one.watcher?.onFailure('connect_refused');
  expect(of(one).state).toBe('ejected');
  health.update(pool, OFF);
  expect(of(one).state).toBe('up');
  expect(one.ejected).toBe(false);
  expect(backends.every(({ watcher }) => watcher === null)).toBe(true);
});

it('takes backends back when they are not probed any more, and probes them under other rules', () => {
  const { clock, pool, backends, health, of, changes } = makePool({ ...OFF, healthCheck: CHECK });
  const [one] = backends as [Backend];
  of(one).observe(false, 'it broke');
  health.update(pool, { ...OFF, healthCheck: { ...CHECK, intervalMs: 1000 } });
  expect(of(one)).toMatchObject({ state: 'down', probed: true });
  clock.pass(1);
  health.update(pool, OFF);
  expect(of(one)).toMatchObject({ state: 'up', probed: false });
  expect(changes.at(-1)?.why).toBe('it is not probed any more');
});

it('tells a new backend what is known of its address in another pool', () => {
  const { health, of, backends } = makePool({ ...OFF, healthCheck: CHECK });
  const [one] = backends as [Backend];
  of(one).observe(false, 'it broke');
  const other = makeBackend('other');
  const pool = new TestPool([other]).pool;
  health.add(pool, { ...OFF, healthCheck: CHECK });
  expect(of(other)).toMatchObject({ state: 'down', why: 'it broke' });
  health.remove(pool);
  expect(health.backends).toHaveLength(3);
});

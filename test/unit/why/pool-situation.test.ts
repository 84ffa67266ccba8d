import { expect, it } from 'vitest';
import type { BackendHealth } from '../../../src/health/backend-health.ts';
import { poolSituation } from '../../../src/why/pool-situation.ts';
import { makeHealth, TestTime } from '../health/make-health.ts';

/** A backend with something done to it. */
function backend(change: (health: BackendHealth) => void = () => undefined): BackendHealth {
  const { health } = makeHealth(new TestTime());
  change(health);
  return health;
}

it('counts the backends of a pool by what is the matter with them', () => {
  const down = () =>
    backend((health) => health.observe(false, '127.0.0.1:1 refused the connection'));
  const situation = poolSituation([
    down(),
    backend((health) => health.order('maintenance', 'new disk', 'alice')),
    down(),
    backend((health) => health.judge('open', '3 failures in a row')),
    backend(({ backend: full }) => {
      full.maxConnections = 2;
      full.active = 2;
    }),
    backend(({ backend: parked }) => {
      parked.configuredWeight = 0;
    }),
  ]);
  expect(situation).toBe(
    '2 down (refused the connection), 1 in maintenance by alice (new disk), 1 ejected (3 failures in a row), 1 full (2 of 2), 1 of weight 0',
  );
});

it('stays short when each has a reason of its own', () => {
  const many = Array.from({ length: 40 }, (_, n) =>
    backend((health) => health.observe(false, `reason ${n}`)),
  );
  expect(poolSituation(many)).toMatch(/^1 down \(reason 0\), .*1 down \(reason 4\), …$/);
});

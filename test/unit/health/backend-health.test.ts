import { expect, it } from 'vitest';
import type { Order } from '../../../src/backend/backend.ts';
import type {
  BackendHealth,
  BackendState,
  CircuitState,
} from '../../../src/health/backend-health.ts';
import { makeHealth, orders, TestTime } from './make-health.ts';

/** What the three writers have said last: the whole of what may decide. */
interface Model {
  observed: boolean;
  circuit: CircuitState;
  admitted: boolean;
  ordered: Order;
}

type Step = readonly [name: string, act: (health: BackendHealth) => void, Partial<Model>];

const steps: readonly Step[] = [
  ['passes', (health) => health.observe(true, 'passed'), { observed: true }],
  ['fails', (health) => health.observe(false, 'failed'), { observed: false }],
  ['closes', (health) => health.judge('closed', ''), { circuit: 'closed', admitted: true }],
  ['opens', (health) => health.judge('open', ''), { circuit: 'open', admitted: false }],
  [
    'half opens',
    (health) => health.judge('half_open', '', true),
    { circuit: 'half_open', admitted: true },
  ],
  [
    'is tried',
    (health) => health.judge('half_open', ''),
    { circuit: 'half_open', admitted: false },
  ],
  ...orders.map(
    (ordered): Step => [ordered, (health) => health.order(ordered, '', 'ann'), { ordered }],
  ),
];

/** Written down a second time, as a table of the documentation would have it. */
function expectedState({ ordered, observed, circuit }: Model): BackendState {
  if (ordered === 'maintenance') return 'maintenance';
  if (ordered === 'draining') return 'draining';
  if (!observed) return 'down';
  return { closed: 'up', open: 'ejected', half_open: 'half_open' }[circuit] as BackendState;
}

/** Plays a run of steps on a fresh backend and compares it with the model after each. */
function disagreement(run: readonly Step[], time: TestTime): object | null {
  const made = makeHealth(time);
  const { health, changes } = made;
  const { backend } = health;
  let model: Model = { observed: true, circuit: 'closed', admitted: true, ordered: 'ready' };
  let changeCount = 0;
  let refreshCount = 0;
  for (const [name, act, change] of run) {
    const before = model;
    model = { ...model, ...change };
    act(health);
    if (expectedState(model) !== expectedState(before)) changeCount++;
    const { observed, admitted, ordered } = model;
    const isSame =
      observed === before.observed && admitted === before.admitted && ordered === before.ordered;
    if (!isSame) refreshCount++;
    const agrees =
      health.state === expectedState(model) &&
      backend.healthy === observed &&
      backend.ejected === !admitted &&
      backend.ordered === ordered &&
      changes.length === changeCount &&
      made.refreshes === refreshCount;
    if (!agrees) return { run: run.map(([step]) => step), at: name, model, backend, changes };
  }
  return null;
}

it('agrees with the model through all interleavings of the three writers up to depth 6', () => {
  const time = new TestTime();
  let runs = 0;
  const visit = (run: readonly Step[]): void => {
    if (run.length === 6) {
      runs++;
      const found = disagreement(run, time);
      if (found !== null) expect(found).toBeNull(); // half a million calls of `expect` would take a minute
      return;
    }
    for (const step of steps) visit([...run, step]);
  };
  visit([]);
  expect(runs).toBe(steps.length ** 6);
});

it('tells each change with where it came from, why, and how long that had lasted', () => {
  const time = new TestTime();
  const { health, changes } = makeHealth(time);
  time.pass(2000);
  health.observe(false, 'status 503');
  time.pass(7000);
  health.observe(true, 'the probe passed');
  const who = { pool: 'pool', backend: 'b1' };
  expect(changes).toEqual([
    { ...who, from: 'up', to: 'down', why: 'status 503', lastedMs: 2000 },
    { ...who, from: 'down', to: 'up', why: 'the probe passed', lastedMs: 7000 },
  ]);
  expect(health.sinceMs).toBe(9000);
});

it('keeps why and since when while a fact is only repeated', () => {
  const time = new TestTime();
  const { health } = makeHealth(time);
  health.observe(false, 'refused');
  time.pass(5000);
  health.observe(false, 'timed out');
  expect(health.observed).toEqual({ value: false, why: 'refused', sinceMs: 0 });
});

it('is given for its state the reason of the fact that decides it', () => {
  const { health } = makeHealth(new TestTime());
  health.judge('open', '3 failures');
  health.observe(false, 'refused');
  expect([health.state, health.why]).toEqual(['down', 'refused']);
  health.order('maintenance', 'new disk', 'ann');
  expect([health.state, health.why]).toEqual(['maintenance', 'new disk']);
  health.order('ready', 'done', 'ann');
  health.observe(true, 'passed');
  expect([health.state, health.why]).toEqual(['ejected', '3 failures']);
});

it('is down while its name has not resolved, whatever checks hold of it', () => {
  const made = makeHealth(new TestTime(), 'b1', 'api.test');
  const { health, changes } = made;
  expect([health.state, health.takesTraffic]).toEqual(['down', false]);
  expect(health.why).toBe('its name has not resolved yet');
  health.observe(true, 'passed');
  expect([health.state, changes]).toEqual(['down', []]);
  health.backend.endpoint.resolve(['10.0.0.1']);
  health.resolve('its name has resolved');
  expect(health.state).toBe('up');
  expect(changes).toMatchObject([{ from: 'down', to: 'up' }]);
  expect(made.refreshes).toBe(1);
});

it('never takes a clock that was set back for a negative time', () => {
  const time = new TestTime();
  const { health, changes } = makeHealth(time);
  time.clock.pass(-5000);
  health.observe(false, 'refused');
  expect(changes[0]?.lastedMs).toBe(0);
});

import { expect, it } from 'vitest';
import type { BackendHealth } from '../../../src/health/backend-health.ts';
import type { PassiveConfig } from '../../../src/health/circuit.ts';
import { PoolCircuits, type SparingReason } from '../../../src/health/pool-circuits.ts';
import { makeHealth, TestTime } from './make-health.ts';

const CONFIG: PassiveConfig = {
  consecutiveFailures: 3,
  ejectionMs: 5000,
  maxEjectionMs: 60_000,
  minHealthy: 1,
  count5xx: false,
  countSlowerThanMs: 0,
};

function makePool(count: number, overrides: Partial<PassiveConfig> = {}) {
  const time = new TestTime();
  const made = Array.from({ length: count }, (_, at) => makeHealth(time, `b${at}`));
  const backends = made.map(({ health }) => health);
  const spared: SparingReason[] = [];
  const circuits = new PoolCircuits(backends, {
    config: { ...CONFIG, ...overrides },
    clock: time.clock,
    wheel: time.wheel,
    onSpared: (reason) => spared.push(reason),
  });
  return { time, backends, spared, circuits, changes: made.map(({ changes }) => changes) };
}

/** An attempt as protocol code reports it. */
function attempt({ backend }: BackendHealth, outcome: 'answer' | 'failure' | 'none', status = 200) {
  if (backend.watched) backend.watcher?.onAttempt();
  if (outcome === 'failure') backend.watcher?.onFailure('connect_refused');
  if (outcome === 'answer' && backend.watched) backend.watcher?.onAnswer(status, 1);
}

function fail(health: BackendHealth, times: number): void {
  for (let time = 0; time < times; time++) attempt(health, 'failure');
}

it('ejects after as many failures in a row as configured, and only then', () => {
  const { backends } = makePool(2);
  const [bad] = backends as [BackendHealth];
  fail(bad, 2);
  attempt(bad, 'answer');
  fail(bad, 2);
  expect(bad.state).toBe('up');
  fail(bad, 1);
  expect([bad.state, bad.backend.ejected]).toEqual(['ejected', true]);
  expect(bad.why).toBe('3 failures in a row, the last: the backend refused the connection');
});

it('asks to hear of answers only after a failure', () => {
  const { backends } = makePool(2);
  const [{ backend }] = backends as [BackendHealth];
  expect(backend.watched).toBe(false);
  backend.watcher?.onFailure('connect_refused');
  expect(backend.watched).toBe(true);
  backend.watcher?.onAnswer(200, 1);
  expect(backend.watched).toBe(false);
});

it('gives exactly one exchange when the ejection is over, and all when that succeeds', () => {
  const { time, backends } = makePool(2);
  const [bad] = backends as [BackendHealth];
  fail(bad, 3);
  time.pass(4900);
  expect(bad.state).toBe('ejected');
  time.pass(200);
  expect([bad.state, bad.backend.ejected]).toEqual(['half_open', false]);
  attempt(bad, 'none');
  expect([bad.state, bad.backend.ejected]).toEqual(['half_open', true]);
  bad.backend.watcher?.onAnswer(200, 1);
  expect([bad.state, bad.backend.ejected, bad.backend.watched]).toEqual(['up', false, false]);
});

function passEjection(time: TestTime, { backend }: BackendHealth): void {
  while (backend.ejected) time.pass(100);
}

/** How long the ejections of a backend last that fails each of its trials. */
function ejectionsOf({ time, backends }: ReturnType<typeof makePool>, count: number): number[] {
  const [bad] = backends as [BackendHealth];
  return Array.from({ length: count }, () => {
    const fromMs = time.clock.now();
    passEjection(time, bad);
    attempt(bad, 'failure');
    return time.clock.now() - fromMs;
  });
}

it('doubles the ejection with each failed trial, up to the longest', () => {
  const pool = makePool(2);
  fail(pool.backends[0]!, 3); // there are two
  expect(ejectionsOf(pool, 6)).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

it('halves the next ejection for each one that has passed in health', () => {
  const pool = makePool(2);
  const { time, backends } = pool;
  const [bad] = backends as [BackendHealth];
  fail(bad, 3);
  ejectionsOf(pool, 2); // 5 s and 10 s; the third lasts 20 s
  passEjection(time, bad);
  attempt(bad, 'answer');
  time.pass(20_000); // as long as the last: one step
  fail(bad, 3);
  expect(ejectionsOf(pool, 1)).toEqual([20_000]);
  passEjection(time, bad);
  attempt(bad, 'answer');
  time.pass(300_000);
  fail(bad, 3);
  expect(ejectionsOf(pool, 1)).toEqual([5000]);
});

it('takes a trial that tells nothing for failed, and its late answer for a recovery', () => {
  const { time, backends } = makePool(2);
  const [bad] = backends as [BackendHealth];
  fail(bad, 3);
  time.pass(5100);
  attempt(bad, 'none');
  time.pass(5100);
  expect([bad.state, bad.why]).toEqual(['ejected', 'the trial had no outcome in time']);
  bad.backend.watcher?.onAnswer(200, 6000);
  expect(bad.state).toBe('up');
});

it('does not hear of attempts from before the ejection', () => {
  const { time, backends } = makePool(2);
  const [bad] = backends as [BackendHealth];
  fail(bad, 3);
  bad.backend.watcher?.onAnswer(200, 1);
  expect(bad.state).toBe('ejected');
  time.pass(5100);
  bad.backend.watcher?.onFailure('response_timeout');
  bad.backend.watcher?.onAnswer(200, 1);
  expect(bad.state).toBe('half_open');
});

it('never ejects the last backend, and says so once a minute', () => {
  const { time, backends, spared } = makePool(1);
  const [only] = backends as [BackendHealth];
  fail(only, 10);
  expect([only.state, spared]).toEqual(['up', ['min_healthy']]);
  time.pass(60_000);
  fail(only, 10);
  expect([only.state, spared]).toEqual(['up', ['min_healthy', 'min_healthy']]);
});

it('leaves min_healthy backends, those that are down or ordered away not counted', () => {
  const { backends, spared } = makePool(5, { minHealthy: 2 });
  const [down, drained, first, second] = backends as BackendHealth[];
  down!.observe(false, 'refused'); // there are five
  drained!.order('draining', '', 'ann');
  fail(first!, 3);
  fail(second!, 3);
  expect(backends.map(({ state }) => state)).toEqual(['down', 'draining', 'ejected', 'up', 'up']);
  expect(spared).toEqual(['min_healthy']);
});

it('ejects nobody while every backend fails within a second, and says whose fault it probably is', () => {
  const { backends, spared } = makePool(3);
  for (let turn = 0; turn < 5; turn++) for (const health of backends) fail(health, 1);
  expect(backends.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
  expect(spared).toEqual(['all_fail']);
});

it('takes back whom it had ejected when the others turn out to fail in the same second', () => {
  const { time, backends, spared } = makePool(3);
  const [first, second, third] = backends as [BackendHealth, BackendHealth, BackendHealth];
  fail(first, 3);
  time.pass(300);
  fail(second, 3);
  expect([first.state, second.state]).toEqual(['ejected', 'ejected']);
  time.pass(300);
  fail(third, 3);
  expect(backends.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
  for (let turn = 0; turn < 5; turn++) {
    time.pass(200);
    for (const health of backends) fail(health, 1);
  }
  expect(backends.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
  expect(spared).toEqual(['all_fail']);
  attempt(first, 'answer');
  fail(second, 3);
  expect(second.state).toBe('ejected');
});

it('ejects as ever when the others failed longer ago', () => {
  const { time, backends } = makePool(3);
  const [first, second, third] = backends as [BackendHealth, BackendHealth, BackendHealth];
  fail(first, 1);
  fail(second, 1);
  time.pass(1100);
  fail(third, 3);
  expect(backends.map(({ state }) => state)).toEqual(['up', 'up', 'ejected']);
});

it('takes back who was ejected first when the others are lost in another way', () => {
  const { time, backends, circuits } = makePool(3);
  const [first, second, third] = backends as [BackendHealth, BackendHealth, BackendHealth];
  fail(second, 3);
  time.pass(2000);
  fail(first, 3);
  third.observe(false, 'refused');
  circuits.keepMinimum();
  expect(backends.map(({ state }) => state)).toEqual(['ejected', 'up', 'down']);
  expect(second.circuit.why).toBe('too few other backends are left');
});

it('counts responses of status 500 and above, and slow ones, where that is asked for', () => {
  const plain = makePool(2);
  for (let turn = 0; turn < 5; turn++) attempt(plain.backends[0]!, 'answer', 503);
  expect(plain.backends[0]!.state).toBe('up');
  const strict = makePool(2, { count5xx: true });
  for (let turn = 0; turn < 3; turn++) attempt(strict.backends[0]!, 'answer', 503);
  expect(strict.backends[0]!.why).toBe('3 failures in a row, the last: status 503');
  const hasty = makePool(2, { countSlowerThanMs: 500 });
  const { backend } = hasty.backends[0]!;
  for (let turn = 0; turn < 3; turn++) backend.watcher?.onAnswer(200, 501);
  expect(hasty.backends[0]!.why).toBe('3 failures in a row, the last: the response took 501 ms');
});

it('leaves no timer behind when it stops', () => {
  const { time, backends, circuits } = makePool(2);
  fail(backends[0]!, 3);
  expect(time.wheel.size).toBe(1);
  circuits.stop();
  expect(time.wheel.size).toBe(0);
});

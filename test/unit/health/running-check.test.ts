import { expect, it } from 'vitest';
import { failed, PASSED, type Probe, type ProbeOwner } from '../../../src/health/check.ts';
import { ProbeSlots } from '../../../src/health/probe-slots.ts';
import { RunningCheck } from '../../../src/health/running-check.ts';
import { makeHealth, TestTime } from './make-health.ts';

const TIMING = { intervalMs: 5000, timeoutMs: 2000, unhealthyThreshold: 3, healthyThreshold: 2 };

/** A probe that ends when, and as, the test says. */
class ManualProbe implements Probe {
  readonly startedMs: number[] = [];
  aborted = 0;
  readonly #time: TestTime;
  readonly #owner: ProbeOwner;

  constructor(time: TestTime, owner: ProbeOwner) {
    this.#time = time;
    this.#owner = owner;
  }

  start(): void {
    this.startedMs.push(this.#time.clock.now());
  }

  abort(): void {
    this.aborted++;
  }

  end(ok: boolean): void {
    this.#owner.onProbed(ok ? PASSED : failed('refused'));
  }
}

function makeCheck(time: TestTime, slots = new ProbeSlots(1), random = 0.5, host = '127.0.0.1') {
  const { clock, wheel } = time;
  let probe: ManualProbe | null = null;
  const check = new RunningCheck({ clock, wheel, slots, random: () => random }, TIMING, (owner) => {
    probe = new ManualProbe(time, owner);
    return probe;
  });
  const made = makeHealth(time, 'b1', host);
  check.backends.push(made.health);
  return { ...made, check, probe: probe! }; // made by the constructor
}

it('probes at once, and takes the first result for the verdict', () => {
  const time = new TestTime();
  const { check, probe, health } = makeCheck(time);
  check.start();
  expect(probe.startedMs).toEqual([0]);
  expect(health.state).toBe('up');
  probe.end(false);
  expect([health.state, health.why]).toEqual(['down', 'refused']);
});

it('probes a name as soon as it has an address', () => {
  const time = new TestTime();
  const { check, probe, health } = makeCheck(time, new ProbeSlots(1), 0.5, 'api.test');
  check.start();
  time.pass(10_000);
  expect(probe.startedMs).toEqual([]);
  health.backend.endpoint.resolve(['10.0.0.1']);
  time.pass(1100);
  expect(probe.startedMs).toHaveLength(1);
  check.stop();
  expect(time.wheel.size).toBe(0);
});

it('probes once per interval, from start to start', () => {
  const time = new TestTime();
  const { check, probe } = makeCheck(time);
  check.start();
  time.pass(300);
  probe.end(true);
  time.pass(4600);
  expect(probe.startedMs).toEqual([0]);
  time.pass(200);
  expect(probe.startedMs).toEqual([0, 5000]);
});

it.each([
  [0, 4500],
  [0.999, 5500],
])('spreads intervals by a tenth: random %d gives %d ms', (random, expected) => {
  const time = new TestTime();
  const { check, probe } = makeCheck(time, undefined, random);
  check.start();
  probe.end(true);
  time.pass(6000);
  expect(probe.startedMs).toEqual([0, expected]);
});

it('probes every second while the verdict is changing', () => {
  const time = new TestTime();
  const { check, probe, health } = makeCheck(time);
  const probeAfter = (ms: number, ok: boolean) => {
    time.pass(ms);
    probe.end(ok);
    return health.state;
  };
  check.start();
  expect(probeAfter(0, true)).toBe('up');
  expect(probeAfter(5000, false)).toBe('up');
  expect(probeAfter(1000, false)).toBe('up');
  expect(probeAfter(1000, false)).toBe('down');
  expect(probeAfter(5000, true)).toBe('down');
  expect(probeAfter(1000, true)).toBe('up');
  expect(probe.startedMs).toEqual([0, 5000, 6000, 7000, 12_000, 13_000]);
});

it('gives up a probe that takes too long', () => {
  const time = new TestTime();
  const { check, probe, health } = makeCheck(time);
  check.start();
  time.pass(2000);
  expect(probe.aborted).toBe(1);
  expect([health.state, health.why]).toEqual(['down', 'no answer within 2000 ms']);
  expect(health.lastProbe).toMatchObject({ ok: false, durationMs: 2000 });
  time.pass(3000);
  expect(probe.startedMs).toEqual([0, 5000]);
});

it('waits for a slot, and its timeout begins only then', () => {
  const time = new TestTime();
  const slots = new ProbeSlots(1);
  const first = makeCheck(time, slots);
  const second = makeCheck(time, slots);
  first.check.start();
  second.check.start();
  expect(second.probe.startedMs).toEqual([]);
  time.pass(1900);
  first.probe.end(true);
  expect(second.probe.startedMs).toEqual([1900]);
  time.pass(1900);
  expect(second.probe.aborted).toBe(0);
});

it('tells every backend at its address', () => {
  const time = new TestTime();
  const { check, probe, health } = makeCheck(time);
  const other = makeHealth(time, 'b2');
  check.backends.push(other.health);
  check.start();
  probe.end(false);
  expect([health.state, other.health.state]).toEqual(['down', 'down']);
  expect([health.probesFailed, other.health.probesFailed]).toEqual([1, 1]);
});

it('stops in whatever it is doing, and leaves the slot to others', () => {
  const time = new TestTime();
  const slots = new ProbeSlots(1);
  const probing = makeCheck(time, slots);
  const queued = makeCheck(time, slots);
  const next = makeCheck(time, slots);
  for (const { check } of [probing, queued, next]) check.start();
  queued.check.stop();
  probing.check.stop();
  expect(probing.probe.aborted).toBe(1);
  expect(queued.probe.startedMs).toEqual([]);
  expect(next.probe.startedMs).toEqual([0]);
  next.probe.end(true);
  next.check.stop();
  time.pass(20_000);
  expect(next.probe.startedMs).toEqual([0]);
  expect(time.wheel.size).toBe(0);
});

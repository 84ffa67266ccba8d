import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/foundation/clock.ts';
import { type Expirable, TimerWheel, WheelTimer } from '../../../src/foundation/timer-wheel.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const hourMs = 3_600_000;

/** An owner with one timer, that counts its deadlines and may react to each. */
class Owner implements Expirable {
  readonly timer = new WheelTimer(this);
  readonly react: (timer: WheelTimer) => void;
  told = 0;

  constructor(react: (timer: WheelTimer) => void = () => undefined) {
    this.react = react;
  }

  onDeadline(timer: WheelTimer): void {
    this.told++;
    this.react(timer);
  }
}

function setUp(slotCount = 8) {
  const clock = new ManualClock(12_345.5);
  const wheel = new TimerWheel(clock, 100, slotCount);
  const pass = (ms: number) => {
    clock.pass(ms);
    wheel.advance();
  };
  return { clock, wheel, pass };
}

describe('TimerWheel', () => {
  it('tells an owner once, not before its deadline and at most one tick after', () => {
    const { wheel, pass } = setUp();
    const owner = new Owner();
    wheel.schedule(owner.timer, 250);
    pass(249);
    expect(owner.told).toBe(0);
    pass(51);
    expect(owner.told).toBe(1);
    pass(hourMs);
    expect(owner.told).toBe(1);
    expect(wheel.size).toBe(0);
  });

  it('counts the delay from the reading of the clock it is given', () => {
    const { clock, wheel, pass } = setUp();
    const owner = new Owner();
    const nowMs = clock.now();
    clock.pass(150);
    wheel.schedule(owner.timer, 100, nowMs);
    pass(0);
    expect(owner.told).toBe(1);
  });

  it('keeps the last deadline when it is moved later, again and again', () => {
    const { wheel, pass } = setUp();
    const owner = new Owner();
    for (let turn = 0; turn < 100; turn++) {
      wheel.schedule(owner.timer, 300);
      pass(90);
    }
    expect(owner.told).toBe(0);
    expect(wheel.size).toBe(1);
    pass(300);
    expect(owner.told).toBe(1);
  });

  it('keeps the last deadline when it is moved earlier', () => {
    const { wheel, pass } = setUp();
    const owner = new Owner();
    wheel.schedule(owner.timer, hourMs);
    wheel.schedule(owner.timer, 500);
    wheel.schedule(owner.timer, 100);
    expect(wheel.size).toBe(1);
    pass(100);
    expect(owner.told).toBe(1);
    pass(2 * hourMs);
    expect(owner.told).toBe(1);
  });

  it('tells a moved deadline by the end of its tick, on whichever side of a slot it was and comes to lie', () => {
    for (const fromMs of [200, 201, 250, 299, 300]) {
      for (const toMs of [1, 99, 100, 101, 199, 199.5, 200, 200.5, 201, 299, 300, 301, 400]) {
        const { wheel, pass } = setUp();
        const owner = new Owner();
        wheel.schedule(owner.timer, fromMs);
        wheel.schedule(owner.timer, toMs);
        const tickMs = Math.ceil(toMs / 100) * 100;
        pass(toMs - 0.5);
        expect(owner.told, `${fromMs} to ${toMs}`).toBe(0);
        pass(tickMs - toMs + 0.5);
        expect(owner.told, `${fromMs} to ${toMs}`).toBe(1);
      }
    }
  });

  it('never tells a cancelled deadline, lets go of its owner, and takes the timer again', () => {
    const { wheel, pass } = setUp();
    const owner = new Owner();
    wheel.cancel(owner.timer);
    wheel.schedule(owner.timer, 100);
    wheel.cancel(owner.timer);
    wheel.cancel(owner.timer);
    expect(wheel.size).toBe(0);
    expect(owner.timer.next).toBe(owner.timer);
    pass(hourMs);
    expect(owner.told).toBe(0);
    wheel.schedule(owner.timer, 100);
    pass(200);
    expect(owner.told).toBe(1);
  });

  it('serves 24 hours with slots for 102 seconds', () => {
    const { wheel, pass } = setUp(1024);
    const owner = new Owner();
    wheel.schedule(owner.timer, 24 * hourMs);
    for (let hour = 0; hour < 23; hour++) pass(hourMs);
    pass(hourMs - 1);
    expect(owner.told).toBe(0);
    pass(101);
    expect(owner.told).toBe(1);
  });

  it('catches up after a stall of several laps, with whatever was due in it', () => {
    const { wheel, pass } = setUp();
    const owners = [1, 99, 100, 101, 799, 800, 801, 4000, 10_001].map((delayMs) => {
      const owner = new Owner();
      wheel.schedule(owner.timer, delayMs);
      return owner;
    });
    pass(10_000);
    expect(owners.map(({ told }) => told)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('lets an owner schedule its own timer again, even without delay', () => {
    const { wheel, pass } = setUp();
    const owner = new Owner((timer) => wheel.schedule(timer, 0));
    wheel.schedule(owner.timer, 100);
    pass(100);
    expect(owner.told).toBe(1);
    pass(100);
    expect(owner.told).toBe(2);
    expect(wheel.size).toBe(1);
  });

  it('lets an owner cancel and move timers that are due in the same tick', () => {
    const { wheel, pass } = setUp();
    const cancelled = new Owner();
    const moved = new Owner();
    const first = new Owner(() => {
      wheel.cancel(cancelled.timer);
      wheel.schedule(moved.timer, 300);
    });
    for (const { timer } of [first, cancelled, moved]) wheel.schedule(timer, 100);
    pass(100);
    expect([first.told, cancelled.told, moved.told]).toEqual([1, 0, 0]);
    pass(300);
    expect([first.told, cancelled.told, moved.told]).toEqual([1, 0, 1]);
  });

  it('advances by itself from start to stop, at most one tick late, and may be stopped by an owner', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    try {
      const wheel = new TimerWheel(systemClock, 100);
      const owner = new Owner();
      const last = new Owner(() => wheel.stop());
      wheel.start();
      wheel.start();
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(50);
      wheel.schedule(owner.timer, 1000);
      wheel.schedule(last.timer, 2000);
      vi.advanceTimersByTime(999);
      expect(owner.told).toBe(0);
      vi.advanceTimersByTime(101);
      expect(owner.told).toBe(1);
      vi.advanceTimersByTime(10_000);
      expect(last.told).toBe(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

type Step =
  | { readonly kind: 'schedule'; readonly timer: number; readonly delayMs: number }
  | { readonly kind: 'cancel'; readonly timer: number }
  | { readonly kind: 'pass'; readonly ms: number };

const timerCount = 4;
const timer = fc.nat(timerCount - 1);
const delayMs = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 2000 }));
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('schedule' as const), timer, delayMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), timer }) },
);
const pause = fc.record({
  kind: fc.constant('pass' as const),
  ms: fc.oneof(fc.constantFrom(0.25, 10, 70), fc.integer({ min: 0, max: 3000 })),
});

/** The wheel beside a list of deadlines: every step is done to both, and every deadline told is judged. */
class Comparison {
  readonly clock = new ManualClock(1000);
  readonly tickMs = 10;
  readonly wheel: TimerWheel;
  readonly deadlines = new Map<number, number>();
  readonly owners: readonly Owner[];
  /** What owners do when told, in turn; used up, so that every run ends. */
  readonly reactions: Step[];

  constructor(slotCount: number, reactions: readonly Step[]) {
    this.wheel = new TimerWheel(this.clock, this.tickMs, slotCount);
    this.reactions = [...reactions];
    this.owners = Array.from({ length: timerCount }, (_, n) => new Owner(() => this.#onTold(n)));
  }

  #onTold(n: number): void {
    expect(this.deadlines.get(n) ?? Infinity).toBeLessThanOrEqual(this.clock.now());
    this.deadlines.delete(n);
    const reaction = this.reactions.pop();
    if (reaction !== undefined) this.take(reaction);
  }

  take(step: Step): void {
    if (step.kind === 'schedule') {
      this.wheel.schedule(this.owners[step.timer]!.timer, step.delayMs);
      this.deadlines.set(step.timer, this.clock.now() + step.delayMs);
    } else if (step.kind === 'cancel') {
      this.wheel.cancel(this.owners[step.timer]!.timer);
      this.deadlines.delete(step.timer);
    } else {
      this.clock.pass(step.ms);
      this.wheel.advance();
      const lastTickMs = this.clock.now() - (this.clock.now() % this.tickMs);
      for (const deadline of this.deadlines.values()) expect(deadline).toBeGreaterThan(lastTickMs);
    }
    expect(this.wheel.size).toBe(this.deadlines.size);
  }
}

it('agrees with a plain list of deadlines through any sequence of steps and reactions', () => {
  const steps = fc.array(fc.oneof(change, pause), { maxLength: 60 });
  const reactions = fc.array(change, { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), steps, reactions, (slotCount, all, onTold) => {
      const comparison = new Comparison(slotCount, onTold);
      for (const step of all) comparison.take(step);
    }),
    { numRuns: 1000 },
  );
});

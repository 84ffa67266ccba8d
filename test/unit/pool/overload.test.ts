import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import type { QueuePlace, Waiter, WaitReason } from '../../../src/pool/wait-queue.ts';
import { makeBackend, TestPool } from '../../helpers/pool-parts.ts';

const MAX_WAITING = 4;
const TIMEOUT_MS = 1000;

type Step =
  | { readonly kind: 'arrive' }
  | { readonly kind: 'arrive-bound' | 'end' | 'leave' | 'flip'; readonly index: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'settle' };

const index = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'arrive' } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('arrive-bound' as const), index }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flip' as const), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(600) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'settle' } as const) },
);

/** Knows its number, and takes what it gets. */
class Numbered implements Waiter {
  readonly number: number;
  readonly #overload: Overload;
  /** The one backend that will do; null when any will. */
  readonly #bound: Backend | null;
  place: QueuePlace | null = null;

  constructor(overload: Overload, number: number, bound: Backend | null) {
    this.#overload = overload;
    this.#bound = bound;
    this.number = number;
  }

  accepts(backend: Backend): boolean {
    return backend.slot >= 0 && (this.#bound === null || this.#bound === backend);
  }

  onTurn(backend: Backend): void {
    this.#overload.test.pool.begin(backend);
    this.#overload.told(this.number, backend.name);
  }

  onGivenUp(reason: WaitReason): void {
    this.#overload.told(this.number, reason);
  }
}

/** A pool under any sequence of events, beside the simplest account of what has to come of them. */
class Overload {
  readonly backends: readonly Backend[];
  readonly test: TestPool;
  /** What is in flight, by backend name, as the traffic knows it. */
  readonly inFlight: Backend[] = [];
  /** Everybody who may still be told something, in the order of arrival. */
  waiting: Numbered[] = [];
  readonly answers = new Map<number, string[]>();
  arrivals = 0;

  constructor(limits: readonly number[]) {
    this.backends = limits.map((maxConnections, n) => makeBackend(`b${n}`, { maxConnections }));
    this.test = new TestPool(this.backends, {
      queue: { maxWaiting: MAX_WAITING, timeoutMs: TIMEOUT_MS },
    });
  }

  run(step: Step): void {
    const { pool } = this.test;
    switch (step.kind) {
      case 'arrive':
        this.arrive(null);
        break;
      case 'arrive-bound':
        this.arrive(this.backends[step.index % this.backends.length]!); // there is at least one
        break;
      case 'end': {
        const [ended] = this.inFlight.splice(step.index % Math.max(1, this.inFlight.length), 1);
        if (ended !== undefined) pool.end(ended);
        break;
      }
      case 'leave': {
        const [gone] = this.waiting.splice(step.index % Math.max(1, this.waiting.length), 1);
        gone?.place?.leave();
        break;
      }
      case 'flip': {
        const backend = this.backends[step.index % this.backends.length]!; // there is at least one
        backend.healthy = !backend.healthy;
        pool.refresh();
        break;
      }
      case 'pass':
        this.test.pass(step.ms);
        break;
      default:
        this.test.settle();
    }
  }

  arrive(bound: Backend | null): void {
    const { pool } = this.test;
    const number = this.arrivals++;
    const taken = bound === null ? this.test.take() : this.takeBound(bound);
    if (taken !== null) {
      this.inFlight.push(taken);
      return;
    }
    if (bound === null ? !pool.hasEligible : bound.slot < 0) return;
    const waiter = new Numbered(this, number, bound);
    waiter.place = pool.wait(waiter);
    expect(waiter.place === null).toBe(this.waiting.length >= MAX_WAITING);
    if (waiter.place !== null) this.waiting.push(waiter);
  }

  takeBound(bound: Backend): Backend | null {
    if (bound.slot < 0 || !this.test.pool.isFree(bound)) return null;
    this.test.pool.begin(bound);
    return bound;
  }

  told(number: number, what: string): void {
    this.answers.set(number, [...(this.answers.get(number) ?? []), what]);
    const waited = this.waiting.findIndex((waiter) => waiter.number === number);
    expect(waited, 'only those who wait are told').not.toBe(-1);
    const backend = this.backends.find(({ name }) => name === what);
    if (backend !== undefined) {
      const first = this.waiting.findIndex((waiter) => waiter.accepts(backend));
      expect(waited, 'the first whom it will do').toBe(first);
      this.inFlight.push(backend);
    }
    this.waiting.splice(waited, 1);
  }

  check(): void {
    const { pool } = this.test;
    for (const backend of this.backends) {
      expect(backend.active).toBeLessThanOrEqual(backend.maxConnections);
      expect(backend.active).toBe(this.inFlight.filter((one) => one === backend).length);
    }
    expect(pool.queue.size).toBe(this.waiting.length);
  }

  /** Once all has been said. */
  checkSettled(): void {
    this.test.settle();
    this.check();
    const free = this.test.pool.eligible.filter((backend) => backend.hasRoom);
    const idle = this.waiting.some((waiter) => free.some((backend) => waiter.accepts(backend)));
    expect(idle, 'somebody waits beside room').toBe(false);
  }
}

it('never has more in flight than allowed, serves in order, and answers everybody who waits exactly once', () => {
  const limits = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 60 }), (maxima, steps) => {
      const overload = new Overload(maxima);
      for (const one of steps) {
        overload.run(one);
        overload.check();
        if (one.kind === 'settle' || one.kind === 'pass') overload.checkSettled();
      }
      overload.test.pass(TIMEOUT_MS + 200);
      expect(overload.waiting).toEqual([]);
      for (const answers of overload.answers.values()) expect(answers).toHaveLength(1);
      expect(overload.test.wheel.size).toBe(0);
    }),
    { numRuns: 500 },
  );
});

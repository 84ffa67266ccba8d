import { expect, it } from 'vitest';
import { PeakEwma } from '../../../src/backend/peak-ewma.ts';
import type { Picker, Target } from '../../../src/balancing/algorithm.ts';
import { leastResponseTime } from '../../../src/balancing/least-response-time.ts';
import { contextWith } from './fixtures.ts';

/** A backend that answers after a time, in a world where time is moved by hand. */
class SimulatedBackend implements Target {
  readonly name: string;
  readonly weight: number;
  readonly #responseTime = new PeakEwma();
  active = 0;
  answerMs: number;
  picked = 0;

  constructor(name: string, answerMs: number, weight = 1) {
    this.name = name;
    this.answerMs = answerMs;
    this.weight = weight;
  }

  responseMs(now: number): number {
    return this.#responseTime.valueAt(now);
  }

  answer(startedMs: number, now: number): void {
    this.active--;
    this.#responseTime.observe(now - startedMs, now);
  }
}

/** Sends a request every so many milliseconds and has it answered in time. */
class Simulation {
  readonly backends: readonly SimulatedBackend[];
  readonly #picker: Picker;
  readonly #flying: { readonly end: number; readonly start: number; readonly at: number }[] = [];
  #now = 0;

  constructor(backends: readonly SimulatedBackend[]) {
    this.backends = backends;
    this.#picker = leastResponseTime.build(backends, {}, contextWith({ now: () => this.#now }));
  }

  /** @returns how many requests each backend got in that time. */
  run(forMs: number, everyMs: number): readonly number[] {
    for (const backend of this.backends) backend.picked = 0;
    for (const end = this.#now + forMs; this.#now < end; this.#now += everyMs) {
      this.#deliver();
      const at = this.#picker.pick(0);
      const backend = this.backends[at]!;
      backend.active++;
      backend.picked++;
      this.#flying.push({ start: this.#now, end: this.#now + backend.answerMs, at });
    }
    return this.backends.map(({ picked }) => picked);
  }

  #deliver(): void {
    const due = this.#flying.filter(({ end }) => end <= this.#now);
    for (const { start, end, at } of due) this.backends[at]!.answer(start, end);
    this.#flying.splice(0, Infinity, ...this.#flying.filter(({ end }) => end > this.#now));
  }
}

it('sends a slow backend little, but not nothing', () => {
  const simulation = new Simulation([
    new SimulatedBackend('fast', 10),
    new SimulatedBackend('also fast', 10),
    new SimulatedBackend('slow', 500),
  ]);
  simulation.run(1000, 2);
  const [first, second, slow] = simulation.run(120_000, 2);
  expect(slow! / (first! + second! + slow!)).toBeLessThan(0.02); // of 60,000; its equal share would be a third
  expect(slow).toBeGreaterThanOrEqual(2);
  expect(first! / second!).toBeCloseTo(1, 0);
});

it('believes at once that a backend has become slow, and after a while that it has recovered', () => {
  const simulation = new Simulation([new SimulatedBackend('a', 10), new SimulatedBackend('b', 10)]);
  simulation.run(10_000, 2);
  simulation.backends[0]!.answerMs = 1000;
  simulation.run(2000, 2);
  const [slow, other] = simulation.run(5000, 2);
  expect(slow! / (slow! + other!)).toBeLessThan(0.02);
  simulation.backends[0]!.answerMs = 10;
  simulation.run(90_000, 2);
  const [recovered, same] = simulation.run(10_000, 2);
  expect(recovered! / (recovered! + same!)).toBeGreaterThan(0.3);
});

it('tries a backend that it knows nothing of with one request, not with all', () => {
  const simulation = new Simulation([
    new SimulatedBackend('known', 10),
    new SimulatedBackend('unknown', 5000),
  ]);
  const [, first] = simulation.run(20, 20);
  expect(first).toBeLessThanOrEqual(1);
  const [, unknown] = simulation.run(4000, 20);
  expect(first! + unknown!).toBe(1);
});

it('gives a backend of twice the weight twice as many in flight', () => {
  const backends = [new SimulatedBackend('light', 100), new SimulatedBackend('heavy', 100, 2)];
  const simulation = new Simulation(backends);
  simulation.run(1000, 1);
  const [light, heavy] = simulation.run(10_000, 1);
  expect(heavy! / light!).toBeGreaterThan(1.8);
  expect(heavy! / light!).toBeLessThan(2.2);
});

it('avoids slow backends among a thousand, looking at a few', () => {
  const backends = Array.from({ length: 1000 }, (_, n) => {
    return new SimulatedBackend(`b${n}`, n % 5 === 0 ? 200 : 10);
  });
  const simulation = new Simulation(backends);
  simulation.run(5000, 1);
  simulation.run(5000, 1);
  const slow = backends.filter(({ answerMs }) => answerMs === 200);
  const toSlow = slow.reduce((sum, { picked }) => sum + picked, 0);
  expect(toSlow / 5000).toBeLessThan(0.02); // a fifth of the backends
});

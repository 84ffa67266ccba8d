import { expect, it } from 'vitest';
import { evenKeys } from '../../../bench/sim/request-keys.ts';
import type { BackendModel, Scenario } from '../../../bench/sim/scenario.ts';
import { constant, exponential, logNormal } from '../../../bench/sim/service-time.ts';
import { type Contestant, simulate } from '../../../bench/sim/simulation.ts';
import { defineAlgorithm } from '../../../src/balancing/algorithm.ts';
import { seededRandom } from '../../../src/foundation/seeded-random.ts';

// Where queueing theory has an answer, the simulator must find the same.

const meanMs = 10;
const model: BackendModel = { weight: 1, workers: 1, slowness: 1, trouble: null, fails: false };

/** One backend, or several that chance chooses from: the algorithm that theory knows most of. */
const chance: Contestant = {
  label: 'chance',
  algorithm: defineAlgorithm({
    name: 'chance',
    optionsSchema: {},
    weighted: false,
    build: (eligible, _options: object, { random }) => ({
      pick: () => Math.floor(random() * eligible.length),
    }),
  }),
  options: {},
};

function run(settings: Partial<Scenario>) {
  const scenario: Scenario = {
    name: 'theory',
    title: 'theory',
    summary: 'theory',
    backends: [model],
    hasOddBackend: false,
    load: 0.8,
    serviceTime: exponential(meanMs),
    keys: evenKeys,
    passiveHealth: false,
    requests: 400_000,
    figure: 'p99',
    ...settings,
  };
  return simulate(scenario, chance, 7);
}

/** Within so many percent. */
function expectNear(value: number, expected: number, percent: number): void {
  expect(Math.abs(value / expected - 1) * 100).toBeLessThan(percent);
}

it('finds the waits and latencies of one worker with exponential service times (M/M/1)', () => {
  const load = 0.8;
  const { meanWaitMs, waited, p50Ms, p99Ms } = run({ load });
  const meanLatencyMs = meanMs / (1 - load);
  expectNear(meanWaitMs, load * meanLatencyMs, 3);
  expectNear(waited, load, 1);
  // The latency is itself exponential.
  expectNear(p50Ms, Math.log(2) * meanLatencyMs, 3);
  expectNear(p99Ms, Math.log(100) * meanLatencyMs, 3);
});

/** Erlang's C formula: the part of the requests that finds all workers busy. */
function erlangC(workers: number, load: number): number {
  const offered = workers * load;
  let blocked = 1; // Erlang's B formula, by recursion over the workers
  for (let count = 1; count <= workers; count++) {
    blocked = (offered * blocked) / (count + offered * blocked);
  }
  return blocked / (1 - load * (1 - blocked));
}

it.each([
  [2, 0.7],
  [4, 0.9],
  [16, 0.8],
])('finds the waits of %i workers at load %f (M/M/c)', (workers, load) => {
  const { meanWaitMs, waited } = run({ backends: [{ ...model, workers }], load });
  const mustWait = erlangC(workers, load);
  expectNear(waited, mustWait, 2);
  expectNear(meanWaitMs, (mustWait * meanMs) / (workers * (1 - load)), 5);
});

it.each([
  ['constant', constant(meanMs), 0],
  ['log-normal', logNormal(meanMs, 1), Math.E - 1],
])('finds the waits of one worker with %s service times (M/G/1)', (_name, serviceTime, spread) => {
  // Pollaczek and Khinchine; `spread` is the squared coefficient of variation.
  const load = 0.7;
  const { meanWaitMs } = run({ serviceTime, load });
  expectNear(meanWaitMs, ((1 + spread) / 2) * (load / (1 - load)) * meanMs, 3);
});

it('splits traffic by chance into as many queues of one worker each', () => {
  const load = 0.6;
  const { meanWaitMs, shares } = run({ backends: [model, model, model, model], load });
  expectNear(meanWaitMs, (load / (1 - load)) * meanMs, 3);
  for (const share of shares) expectNear(share, 1 / 4, 2);
});

it('draws numbers that are spread evenly and do not follow from each other', () => {
  const random = seededRandom(3);
  const pairs = new Float64Array(100);
  const draws = 200_000;
  for (let draw = 0, last = random(); draw < draws; draw++) {
    const next = random();
    const pair = 10 * Math.floor(10 * last) + Math.floor(10 * next);
    pairs[pair] = pairs[pair]! + 1;
    last = next;
  }
  // 99.9 % point of chi-squared with 99 degrees of freedom.
  const expected = draws / pairs.length;
  expect(pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(
    148.2,
  );
});

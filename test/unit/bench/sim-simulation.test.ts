import { expect, it } from 'vitest';
import { compare } from '../../../bench/sim/compare.ts';
import { evenKeys, hotKeys } from '../../../bench/sim/request-keys.ts';
import type { BackendModel, Scenario } from '../../../bench/sim/scenario.ts';
import { constant, exponential } from '../../../bench/sim/service-time.ts';
import { type Contestant, simulate } from '../../../bench/sim/simulation.ts';
import type { BuildContext, Picker, Target } from '../../../src/balancing/algorithm.ts';
import { roundRobin } from '../../../src/balancing/round-robin.ts';
import { weightedRoundRobin } from '../../../src/balancing/weighted-round-robin.ts';

const model: BackendModel = { weight: 1, workers: 2, slowness: 1, trouble: null, fails: false };
const turns: Contestant = { label: 'turns', algorithm: roundRobin, options: {} };

function scenarioOf(settings: Partial<Scenario>): Scenario {
  return {
    name: 'any',
    title: 'any',
    summary: 'any',
    backends: [model, model],
    hasOddBackend: false,
    load: 0.5,
    serviceTime: exponential(10),
    keys: evenKeys,
    passiveHealth: false,
    requests: 5_000,
    figure: 'p99',
    ...settings,
  };
}

type Build = (eligible: readonly Target[], context: BuildContext) => Picker;

function contestantOf(build: Build): Contestant {
  return {
    label: 'custom',
    algorithm: {
      name: 'custom',
      optionsSchema: {},
      weighted: true,
      build: (eligible, _options, context) => build(eligible, context),
    },
    options: {},
  };
}

it('repeats a run exactly, and makes another one of another seed', () => {
  const first = simulate(scenarioOf({}), turns, 1);
  expect(simulate(scenarioOf({}), turns, 1)).toEqual(first);
  expect(simulate(scenarioOf({}), turns, 2).meanWaitMs).not.toBe(first.meanWaitMs);
});

it('sends every contestant the same traffic, however much chance it uses itself', () => {
  const keysOf = (draws: number) => {
    const keys: number[] = [];
    const contestant = contestantOf((_eligible, { random }) => ({
      pick: (key) => {
        for (let draw = 0; draw < draws; draw++) random();
        keys.push(key);
        return 0;
      },
    }));
    simulate(scenarioOf({}), contestant, 1);
    return keys;
  };
  expect(keysOf(3)).toEqual(keysOf(0));
});

it('tells the algorithm who is busy, for how long requests took, and each change of it', () => {
  const changes = [0, 0];
  let seen: readonly Target[] = [];
  let responseMs = 0;
  const contestant = contestantOf((eligible, { now }) => {
    seen = eligible;
    return {
      pick: () => {
        responseMs = eligible[1]!.responseMs(now());
        return 1;
      },
      loadChanged: (index) => {
        changes[index] = changes[index]! + 1;
        if (index === 1) expect(eligible[1]?.active).toBeGreaterThanOrEqual(0);
      },
    };
  });
  // So little traffic that nothing waits or overlaps: a response before each request but the first.
  simulate(scenarioOf({ load: 1e-6, serviceTime: constant(10), requests: 50 }), contestant, 1);
  expect(changes).toEqual([0, 2 * 50 - 1]);
  expect(seen.map(({ active }) => active)).toEqual([0, 1]);
  expect(responseMs).toBeGreaterThan(0);
  expect(responseMs).toBeLessThanOrEqual(10);
});

it('makes the work of a slow backend longer, and of one in trouble while it lasts', () => {
  const slow = { ...model, slowness: 3 };
  const troubled = { ...model, trouble: { fromMs: 0, toMs: 1e12, slowness: 7 } };
  const lonely = { load: 1e-6, serviceTime: constant(10), requests: 10 };
  const maxMs = (backend: BackendModel) =>
    simulate(scenarioOf({ ...lonely, backends: [backend] }), turns, 1).maxMs;
  expect(maxMs(slow)).toBeCloseTo(30);
  expect(maxMs(troubled)).toBeCloseTo(70);
  expect(maxMs({ ...troubled, trouble: { fromMs: 0, toMs: 1, slowness: 7 } })).toBeCloseTo(10);
});

it('says when a backend is given more than it can do', () => {
  const slow = { ...model, slowness: 3 };
  expect(simulate(scenarioOf({ backends: [slow, model], load: 0.9 }), turns, 1).overloaded).toBe(
    true,
  );
  expect(simulate(scenarioOf({ load: 0.9 }), turns, 1).overloaded).toBe(false);
});

it('counts failures apart from latencies', () => {
  const backends = [{ ...model, fails: true }, model];
  const outcome = simulate(scenarioOf({ backends, serviceTime: constant(10) }), turns, 1);
  expect(outcome.failed).toBeCloseTo(0.5);
  expect(outcome.p50Ms).toBeGreaterThanOrEqual(10);
});

it('ejects a backend that fails, hands the old picker to the new one, and tries the backend again', () => {
  const sizes: number[] = [];
  const previous: (Picker | null)[] = [];
  const contestant = contestantOf((eligible, context) => {
    sizes.push(eligible.length);
    previous.push(context.previous);
    return roundRobin.build(eligible, {}, context);
  });
  const backends = [{ ...model, fails: true }, model];
  const scenario = scenarioOf({ backends, passiveHealth: true, requests: 4_000 });
  const { failed } = simulate(scenario, contestant, 1);
  // 20 s: out at once, tried again after 5 s, and after 10 s more.
  expect(sizes).toEqual([2, 1, 2, 1, 2, 1]);
  expect(previous[0]).toBeNull();
  expect(previous.slice(1)).not.toContain(null);
  expect(failed).toBeLessThan(0.01);
});

it('ejects a backend once for all that it was sent before', () => {
  const sizes: number[] = [];
  const contestant = contestantOf((eligible) => {
    sizes.push(eligible.length);
    return { pick: () => 0 };
  });
  // Some twenty requests are on their way when the first failure is back after 1 ms.
  const busy = { ...model, workers: 100 };
  const backends = [{ ...busy, fails: true }, busy];
  simulate(scenarioOf({ backends, load: 1, passiveHealth: true, requests: 2_000 }), contestant, 1);
  expect(sizes).toEqual([2, 1]);
});

it('does not count the first requests, which find everything idle', () => {
  const lonely = { load: 1e-6, serviceTime: constant(10), requests: 100 };
  const meanGapMs = 1 / (1e-6 * (2 / 10));
  const troubled = { ...model, trouble: { fromMs: 0, toMs: 5 * meanGapMs, slowness: 7 } };
  expect(simulate(scenarioOf({ ...lonely, backends: [troubled] }), turns, 1).maxMs).toBeCloseTo(10);
});

it('has a few clients make as much of the traffic as the scenario says', () => {
  const times = new Map<number, number>();
  const contestant = contestantOf(() => ({
    pick: (key) => {
      times.set(key, (times.get(key) ?? 0) + 1);
      return 0;
    },
  }));
  simulate(scenarioOf({ keys: hotKeys(2, 0.5), requests: 10_000 }), contestant, 1);
  const [first = 0, second = 0, third = 0] = [...times.values()].sort((a, b) => b - a);
  expect(first + second).toBeGreaterThan(4_800);
  expect(first + second).toBeLessThan(5_200);
  expect(third).toBeLessThan(10);
});

it('leaves out an algorithm whose configuration lb would refuse: weights that it ignores', () => {
  const backends = [{ ...model, weight: 2 }, model];
  const contestants = [turns, { ...turns, algorithm: weightedRoundRobin }];
  const { results } = compare(scenarioOf({ backends }), contestants);
  expect(
    results.map(({ outcome }) => outcome?.shares.map((share) => Math.round(6 * share))),
  ).toEqual([undefined, [4, 2]]);
});

it('refuses an algorithm that picks what is not there', () => {
  const contestant = contestantOf(() => ({ pick: () => 2 }));
  expect(() => simulate(scenarioOf({}), contestant, 1)).toThrow(
    'Cannot send a request: custom picked 2, need an index below 2',
  );
});

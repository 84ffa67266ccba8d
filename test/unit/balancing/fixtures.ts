import type { Algorithm, BuildContext, Picker, Target } from '../../../src/balancing/algorithm.ts';

/** A backend whose numbers a test sets. */
export class TestTarget implements Target {
  readonly name: string;
  readonly weight: number;
  active = 0;
  /** The same at any time; 0 as for a backend that has not answered yet. */
  latencyMs = 0;

  constructor(name: string, weight = 1) {
    this.name = name;
    this.weight = weight;
  }

  responseMs(): number {
    return this.latencyMs;
  }
}

/** Targets of these weights, named `b0`, `b1` and so on. */
export function targetsOf(weights: readonly number[]): TestTarget[] {
  return weights.map((weight, index) => new TestTarget(`b${index}`, weight));
}

/** Equal weights. */
export function evenTargets(count: number): TestTarget[] {
  return targetsOf(Array(count).fill(1));
}

/** A generator that gives the same numbers for the same seed (mulberry32). Its state is kept where numbers are not boxed. */
export function seeded(seed: number): () => number {
  const state = Uint32Array.of(seed);
  return () => {
    state[0] = state[0]! + 0x6d2b79f5;
    let bits = state[0]!;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function contextWith(overrides: Partial<BuildContext> = {}): BuildContext {
  return { previous: null, random: seeded(1), now: () => 0, ...overrides };
}

/** The options that stand for an algorithm's name alone. */
export function defaultOptions({ optionsSchema }: Algorithm): object {
  const properties = (optionsSchema['properties'] ?? {}) as Record<string, { default?: unknown }>;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, option]) =>
      option.default === undefined ? [] : [[name, option.default]],
    ),
  );
}

/** The `turn`th of a series of keys without order. */
export function keyNumber(turn: number): number {
  return Math.imul(turn + 1, 0x9e3779b1);
}

/** How often each of `count` targets is picked in so many turns, all of them idle. */
export function countPicks(picker: Picker, count: number, picks: number): number[] {
  const counts = Array<number>(count).fill(0);
  for (let turn = 0; turn < picks; turn++) {
    const index = picker.pick(keyNumber(turn));
    counts[index] = counts[index]! + 1;
  }
  return counts;
}

/** The same with always so many in flight, each of them as long as any other. */
export function countUnderLoad(
  picker: Picker,
  targets: readonly TestTarget[],
  picks: number,
  inFlight: number,
): number[] {
  const counts = Array<number>(targets.length).fill(0);
  const flying: number[] = [];
  for (let turn = 0; turn < picks; turn++) {
    if (flying.length === inFlight) changeLoad(picker, targets, flying.shift()!, -1);
    const index = picker.pick(keyNumber(turn));
    counts[index] = counts[index]! + 1;
    flying.push(index);
    changeLoad(picker, targets, index, 1);
  }
  return counts;
}

export function changeLoad(
  picker: Picker,
  targets: readonly TestTarget[],
  index: number,
  by: number,
): void {
  targets[index]!.active += by;
  picker.loadChanged?.(index);
}

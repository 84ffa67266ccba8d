import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../../../src/balancing/algorithm.ts';
import { AliasTable } from '../../../../src/balancing/structures/alias-table.ts';
import { HashRing, MAX_POINTS, sectorOf } from '../../../../src/balancing/structures/hash-ring.ts';
import { LoadBuckets } from '../../../../src/balancing/structures/load-buckets.ts';
import { LoadTree } from '../../../../src/balancing/structures/load-tree.ts';
import { RendezvousTable } from '../../../../src/balancing/structures/rendezvous-table.ts';
import { keyNumber, TestTarget } from '../fixtures.ts';

describe('LoadTree', () => {
  interface Model {
    readonly loads: number[];
    readonly turns: number[];
  }

  class SetCommand implements fc.Command<Model, LoadTree> {
    readonly #index: number;
    readonly #load: number;
    readonly #turn: number;

    constructor(index: number, load: number, turn: number) {
      this.#index = index;
      this.#load = load;
      this.#turn = turn;
    }

    check(): boolean {
      return true;
    }

    run(model: Model, tree: LoadTree): void {
      const index = this.#index % model.loads.length;
      model.loads[index] = tree.loads[index] = this.#load;
      model.turns[index] = tree.turns[index] = this.#turn;
      tree.replay(index);
      const inOrder = model.loads
        .map((load, at) => ({ load, turn: model.turns[at]!, at }))
        .sort((one, other) => one.load - other.load || one.turn - other.turn || one.at - other.at);
      expect(tree.least).toBe(inOrder[0]?.at);
    }

    toString(): string {
      return `set ${this.#index}: ${this.#load}, ${this.#turn}`;
    }
  }

  it('knows the least, like a list that is sorted after each change', () => {
    const command = fc
      .tuple(fc.nat(40), fc.constantFrom(0, 0.5, 1, 2, 7), fc.constantFrom(0, 1, 2.5))
      .map((parts) => new SetCommand(...parts));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 33 }),
        fc.commands([command], { maxCommands: 60 }),
        (length, commands) => {
          const model = { loads: Array(length).fill(0), turns: Array(length).fill(0) };
          fc.modelRun(() => ({ model, real: new LoadTree(length) }), commands);
        },
      ),
    );
  });
});

describe('LoadBuckets', () => {
  /** Loads with the moment since when; who came first has the smallest. */
  interface Model {
    readonly members: { load: number; since: number }[];
    moves: number;
  }

  class MoveCommand implements fc.Command<Model, LoadBuckets> {
    readonly #index: number;
    readonly #load: number;

    constructor(index: number, load: number) {
      this.#index = index;
      this.#load = load;
    }

    check(): boolean {
      return true;
    }

    run(model: Model, buckets: LoadBuckets): void {
      const index = this.#index % model.members.length;
      model.members[index] = { load: this.#load, since: ++model.moves };
      buckets.move(index, this.#load);
      const [first] = model.members
        .map(({ load, since }, at) => ({ load, since, at }))
        .sort(
          (one, other) => one.load - other.load || one.since - other.since || one.at - other.at,
        );
      expect([buckets.leastLoad, buckets.first]).toEqual([first?.load, first?.at]);
    }

    toString(): string {
      return `move ${this.#index} to ${this.#load}`;
    }
  }

  it('knows the first of the least, like a list that is sorted after each move, however far they go', () => {
    const command = fc
      .tuple(fc.nat(40), fc.oneof(fc.nat(3), fc.nat(100)))
      .map((parts) => new MoveCommand(...parts));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.commands([command], { maxCommands: 60 }),
        (length, commands) => {
          const members = Array.from({ length }, () => ({ load: 0, since: 0 }));
          const model = { members, moves: 0 };
          fc.modelRun(() => ({ model, real: new LoadBuckets(length) }), commands);
        },
      ),
    );
  });
});

describe('AliasTable', () => {
  it('gives each index exactly its part of [0, 1)', () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(weights, (drawn) => {
        const table = new AliasTable(Float64Array.from(drawn));
        const steps = drawn.length * 1000;
        const counts = drawn.map(() => 0);
        for (let step = 0; step < steps; step++) {
          const index = table.draw((step + 0.5) / steps);
          counts[index] = counts[index]! + 1;
        }
        const total = drawn.reduce((sum, weight) => sum + weight, 0);
        for (const [index, weight] of drawn.entries()) {
          // Each column has one border, which may fall within a step.
          expect(Math.abs(counts[index]! - (steps * weight) / total)).toBeLessThan(
            drawn.length + 1,
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('answers with an index for the last number below 1', () => {
    expect(new AliasTable(Float64Array.of(1, 2, 3)).draw(1 - 2 ** -53)).toBeLessThan(3);
  });
});

/** Membership over time: who is there, with which weight. */
type Members = Map<string, number>;

/** Changes one member, rebuilds, and compares with what is built from nothing. */
class ChangeCommand<T> implements fc.Command<Members, { built: T | null }> {
  readonly #name: string;
  readonly #weight: number;
  readonly #build: (targets: readonly Target[], previous: T | null) => T;
  readonly #contentOf: (built: T) => unknown;

  constructor(
    [name, weight]: readonly [string, number],
    build: (targets: readonly Target[], previous: T | null) => T,
    contentOf: (built: T) => unknown,
  ) {
    this.#name = name;
    this.#weight = weight;
    this.#build = build;
    this.#contentOf = contentOf;
  }

  check(members: Readonly<Members>): boolean {
    return this.#weight > 0 || members.size > 1;
  }

  run(members: Members, real: { built: T | null }): void {
    if (this.#weight === 0) members.delete(this.#name);
    else members.set(this.#name, this.#weight);
    const targets = [...members].sort().map(([name, weight]) => new TestTarget(name, weight));
    if (targets.length === 0) return;
    real.built = this.#build(targets, real.built);
    expect(this.#contentOf(real.built)).toEqual(this.#contentOf(this.#build(targets, null)));
  }

  toString(): string {
    return `${this.#name}: ${this.#weight}`;
  }
}

const change = fc.tuple(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  fc.constantFrom(0, 0.3, 1, 2),
);

describe('HashRing', () => {
  const build = (targets: readonly Target[], previous: HashRing | null) =>
    new HashRing(targets, 16, previous);

  it('is, after any changes, the ring that is built from nothing', () => {
    const contentOf = ({ points, owners }: HashRing) => [[...points], [...owners]];
    const command = change.map((drawn) => new ChangeCommand(drawn, build, contentOf));
    fc.assert(
      fc.property(fc.commands([command], { maxCommands: 20 }), (commands) => {
        fc.modelRun(() => ({ model: new Map(), real: { built: null } }), commands);
      }),
    );
  });

  it('knows the first point at or after each sector, like a search through all', () => {
    const ring = build([new TestTarget('a'), new TestTarget('b', 3), new TestTarget('c')], null);
    const [points, owners] = [ring.pointBySector(), ring.ownerBySector()];
    const edges = [...ring.points].flatMap((point) => [point - 1, point, point + 1]);
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.constantFrom(...edges, 0, -1)), (key) => {
        const sector = sectorOf(key | 0);
        const found = ring.points.findIndex((point) => sectorOf(point) >= sector);
        const expected = found === -1 ? 0 : found;
        expect(points[sector]).toBe(expected);
        expect(owners[sector]).toBe(ring.owner(expected));
      }),
    );
  });

  it('has sectors for every key', () => {
    const ring = build([new TestTarget('a')], null);
    expect(sectorOf(0)).toBe(0);
    expect(sectorOf(-1)).toBe(ring.ownerBySector().length - 1);
  });

  it('is a circle', () => {
    const ring = build([new TestTarget('a'), new TestTarget('b')], null);
    expect(ring.after(0)).toBe(1);
    expect(ring.after(ring.length - 1)).toBe(0);
  });

  it('has points in proportion to the weights, and not more than there is room for', () => {
    const counts = (ring: HashRing) => [0, 1].map((n) => ring.owners.filter((o) => o === n).length);
    const pair = (heavy: number) => [new TestTarget('a', heavy), new TestTarget('b', heavy / 4)];
    expect(counts(build(pair(8), null))).toEqual([128, 32]);
    const heavy = counts(new HashRing(pair(1000), 4096, null));
    expect(heavy[0]! + heavy[1]!).toBeLessThanOrEqual(MAX_POINTS);
    expect(heavy[0]! / heavy[1]!).toBeCloseTo(4, 2);
  });
});

describe('RendezvousTable', () => {
  it('is, after any changes, the table that is built from nothing', () => {
    const build = (targets: readonly Target[], previous: RendezvousTable | null) =>
      new RendezvousTable(targets, previous);
    const contentOf = (table: RendezvousTable) =>
      Array.from({ length: 500 }, (_, turn) => table.owner(keyNumber(turn)));
    const command = change.map((drawn) => new ChangeCommand(drawn, build, contentOf));
    fc.assert(
      fc.property(fc.commands([command], { maxCommands: 8 }), (commands) => {
        fc.modelRun(() => ({ model: new Map(), real: { built: null } }), commands);
      }),
      { numRuns: 15 },
    );
  });

  it('shares in proportion to the weights', () => {
    const weights = [1, 2, 5, 0.5];
    const table = new RendezvousTable(
      weights.map((weight, n) => new TestTarget(`b${n}`, weight)),
      null,
    );
    const counts = weights.map(() => 0);
    for (let slot = 0; slot < 65_536; slot++) {
      const owner = table.owner(slot << 16);
      counts[owner] = counts[owner]! + 1;
    }
    for (const [index, weight] of weights.entries()) {
      expect(counts[index]! / 65_536 / (weight / 8.5)).toBeCloseTo(1, 1);
    }
  });
});

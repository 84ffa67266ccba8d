import { defineAlgorithm, type Picker, type Target } from './algorithm.ts';
import { type KeyForm, keySchema, keySource } from './hash-key.ts';
import { HashRing, sectorOf } from './structures/hash-ring.ts';
import { weightsOf } from './structures/members.ts';

interface ConsistentHashOptions {
  readonly key: KeyForm;
  readonly virtual_nodes: number;
  readonly bounded_load?: number;
}

/** How many points are looked at for a backend within its bound. Each is fuller than that with 1/bound at most, on average. */
const MAX_STEPS = 128;

class ConsistentHashPicker implements Picker {
  readonly ring: HashRing;
  readonly #owners: Uint16Array;

  constructor(ring: HashRing) {
    this.ring = ring;
    this.#owners = ring.ownerBySector();
  }

  pick(key: number): number {
    return this.#owners[sectorOf(key)]!;
  }
}

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam): nobody gets more than `bound` times its share of
 * what is in flight; what is beyond goes to the next on the ring.
 */
class BoundedPicker implements Picker {
  readonly ring: HashRing;
  readonly #points: Uint32Array;
  readonly #eligible: readonly Target[];
  /** In flight per backend, as last heard. */
  readonly #active: Uint32Array;
  /** Of what is in flight, what each may have: its share by weight times the bound. */
  readonly #limits: Float64Array;
  #total: number;

  constructor(ring: HashRing, eligible: readonly Target[], bound: number) {
    const weights = weightsOf(eligible);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    this.ring = ring;
    this.#points = ring.pointBySector();
    this.#eligible = eligible;
    this.#active = Uint32Array.from(eligible, ({ active }) => active);
    this.#limits = weights.map((weight) => (bound * weight) / sum);
    this.#total = this.#active.reduce((total, active) => total + active, 0);
  }

  pick(key: number): number {
    let at = this.#points[sectorOf(key)]!;
    let leastFull = this.ring.owner(at);
    for (let step = 0; step < MAX_STEPS; step++) {
      const owner = this.ring.owner(at);
      if (this.#active[owner]! < Math.ceil((this.#total + 1) * this.#limits[owner]!)) return owner;
      if (this.#fullness(owner) < this.#fullness(leastFull)) leastFull = owner;
      at = this.ring.after(at);
    }
    return leastFull;
  }

  loadChanged(index: number): void {
    const { active } = this.#eligible[index]!;
    this.#total += active - this.#active[index]!;
    this.#active[index] = active;
  }

  #fullness(index: number): number {
    return this.#active[index]! / this.#limits[index]!;
  }
}

function ringOf(previous: Picker | null): HashRing | null {
  const isRinged = previous instanceof ConsistentHashPicker || previous instanceof BoundedPicker;
  return isRinged ? previous.ring : null;
}

/**
 * What has the same key to the same backend, on a ring of virtual nodes: any lb with the same backends agrees, and a change
 * of the eligible set moves only what it must.
 */
export const consistentHash = defineAlgorithm({
  name: 'consistent_hash',
  optionsSchema: {
    type: 'object',
    properties: {
      key: { ...keySchema, default: 'client_ip' },
      virtual_nodes: { type: 'integer', minimum: 1, maximum: 4096, default: 512 },
      bounded_load: { type: 'number', minimum: 1.05, maximum: 10 },
    },
    additionalProperties: false,
  },
  weighted: true,
  key: ({ key }: ConsistentHashOptions) => keySource(key),
  build: (eligible, { virtual_nodes, bounded_load }, { previous }) => {
    const ring = new HashRing(eligible, virtual_nodes, ringOf(previous));
    return bounded_load === undefined
      ? new ConsistentHashPicker(ring)
      : new BoundedPicker(ring, eligible, bounded_load);
  },
});

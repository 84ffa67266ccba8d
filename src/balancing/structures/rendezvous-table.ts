import type { Target } from '../algorithm.ts';
import { hashNumber, mix } from '../hash.ts';
import { Members, newcomers } from './members.ts';

const SLOT_BITS = 16;
const SLOTS = 2 ** SLOT_BITS;
const TWO_TO_32 = 2 ** 32;

/**
 * Rendezvous hashing (highest random weight), worked out beforehand for 65,536 slots of the key space: a key costs one
 * read. For each slot every member draws a number that only its name, its weight and the slot decide, and the best draw
 * owns it. So a member that goes leaves its own slots to others and moves no other one, and a member that comes takes no
 * more than its share. 128 KiB.
 */
export class RendezvousTable {
  readonly #members: Members;
  readonly #owners = new Uint16Array(SLOTS);

  /** @param previous what both have in common is taken from there: at 1,000 members that is 100 times faster. */
  constructor(targets: readonly Target[], previous: RendezvousTable | null) {
    this.#members = new Members(targets);
    if (previous === null) {
      const all = newcomers(targets.length, new Int32Array());
      for (let slot = 0; slot < SLOTS; slot++) this.#owners[slot] = this.#best(slot, all, -1);
    } else {
      this.#follow(previous);
    }
  }

  /** @param key signed 32-bit hash. */
  owner(key: number): number {
    return this.#owners[key >>> (32 - SLOT_BITS)]!;
  }

  /** Only newcomers challenge an owner that stayed; everyone does for the slots of those that did not. */
  #follow(previous: RendezvousTable): void {
    const { length, weights } = this.#members;
    const amounts = { former: previous.#members.weights, now: weights };
    const positions = this.#members.positionsOf(previous.#members, amounts);
    const fresh = newcomers(length, positions);
    const all = newcomers(length, new Int32Array());
    for (let slot = 0; slot < SLOTS; slot++) {
      const owner = positions[previous.#owners[slot]!]!;
      this.#owners[slot] = this.#best(slot, owner < 0 ? all : fresh, owner);
    }
  }

  /**
   * The smallest draw wins. A draw is exponentially distributed with the weight as its rate, which gives everyone a share
   * in proportion to its weight.
   *
   * @param owner takes part as well, unless -1.
   */
  #best(slot: number, candidates: Uint32Array, owner: number): number {
    const { weights, seeds, otherSeeds, greatestWeight } = this.#members;
    const mixedSlot = mix(slot);
    let best = -1;
    let smallest = Number.POSITIVE_INFINITY;
    if (owner >= 0) {
      best = owner;
      smallest = drawOf(hashNumber(mixedSlot, seeds[owner]!, otherSeeds[owner]!), weights[owner]!);
    }
    let hopeless = hopelessBelow(smallest * greatestWeight);
    for (let at = 0; at < candidates.length; at++) {
      const candidate = candidates[at]!;
      const hash = hashNumber(mixedSlot, seeds[candidate]!, otherSeeds[candidate]!);
      if (hash >>> 0 < hopeless) continue;
      const draw = drawOf(hash, weights[candidate]!);
      if (draw >= smallest) continue;
      best = candidate;
      smallest = draw;
      hopeless = hopelessBelow(smallest * greatestWeight);
    }
    return best;
  }
}

/**
 * Since -log(u) is at least 1 - u, a hash below this cannot beat a draw: almost all are out without a logarithm.
 *
 * @param draw to beat, times the greatest weight there is.
 */
function hopelessBelow(draw: number): number {
  return (1 - draw) * TWO_TO_32 - 1;
}

function drawOf(hash: number, weight: number): number {
  return -Math.log(((hash >>> 0) + 0.5) / TWO_TO_32) / weight;
}

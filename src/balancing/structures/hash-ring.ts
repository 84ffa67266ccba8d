import type { Target } from '../algorithm.ts';
import { hashNumber, mix } from '../hash.ts';
import { Members, newcomers } from './members.ts';

/** What all members together may have: 1,000 of weight 1 with 512 each. 5 MiB at most. */
export const MAX_POINTS = 2 ** 19;

/** A point and whose it is, in one number that sorts as the point does: the owner in the lowest 16 bits. */
const OWNER_RANGE = 2 ** 16;

/**
 * Points on a circle of 32 bits; a key belongs to the first point at or after it. A member has points in proportion to its
 * weight, and its name alone says where: one that goes leaves its keys to its neighbours, all others stay.
 */
export class HashRing {
  readonly #members: Members;
  /** How many points each member has. */
  readonly #counts: Uint32Array;
  /** Ascending, unsigned. */
  readonly points: Uint32Array;
  readonly owners: Uint16Array;
  /** For each value of the leading bits of a key, the first point with these or greater ones: a search begins there. */
  readonly #starts: Uint32Array;
  readonly #shift: number;

  /** @param previous the points of members that both have are taken from there, already in order. */
  constructor(targets: readonly Target[], pointsPerWeight: number, previous: HashRing | null) {
    this.#members = new Members(targets);
    this.#counts = pointCounts(this.#members.weights, pointsPerWeight);
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    this.points = new Uint32Array(total);
    this.owners = new Uint16Array(total);
    this.#place(previous);
    const bits = Math.max(1, Math.ceil(Math.log2(total)) - 2); // four points to a bucket
    this.#shift = 32 - bits;
    this.#starts = startsOf(this.points, bits);
  }

  get length(): number {
    return this.points.length;
  }

  /** Index of the point that `key`, a signed 32-bit hash, belongs to. */
  find(key: number): number {
    const wanted = key >>> 0;
    let at = this.#starts[wanted >>> this.#shift]!;
    while (at < this.points.length && this.points[at]! < wanted) at++;
    return at === this.points.length ? 0 : at;
  }

  /** The next point on the circle. */
  after(at: number): number {
    return at + 1 === this.points.length ? 0 : at + 1;
  }

  owner(at: number): number {
    return this.owners[at]!;
  }

  /** Merges the points that stay with those of newcomers. */
  #place(previous: HashRing | null): void {
    const positions = previous === null ? new Int32Array() : this.#positionsOf(previous);
    const fresh = this.#pointsOf(newcomers(this.#members.length, positions));
    const formerPoints = previous?.points ?? this.points.subarray(0, 0);
    const formerOwners = previous?.owners ?? this.owners.subarray(0, 0);
    let taken = 0;
    let placed = 0;
    const takeBelow = (limit: number): void => {
      for (; taken < fresh.length && fresh[taken]! < limit; taken++, placed++) {
        this.points[placed] = Math.floor(fresh[taken]! / OWNER_RANGE);
        this.owners[placed] = fresh[taken]! % OWNER_RANGE;
      }
    };
    for (let at = 0; at < formerPoints.length; at++) {
      const owner = positions[formerOwners[at]!]!;
      if (owner < 0) continue;
      const point = formerPoints[at]!;
      takeBelow(point * OWNER_RANGE + owner);
      this.points[placed] = point;
      this.owners[placed] = owner;
      placed++;
    }
    takeBelow(Number.POSITIVE_INFINITY);
  }

  #positionsOf(previous: HashRing): Int32Array {
    const amounts = { former: previous.#counts, now: this.#counts };
    return this.#members.positionsOf(previous.#members, amounts);
  }

  #pointsOf(members: Uint32Array): Float64Array {
    const { seeds, otherSeeds } = this.#members;
    const total = members.reduce((sum, member) => sum + this.#counts[member]!, 0);
    const points = new Float64Array(total);
    let placed = 0;
    for (const member of members) {
      for (let number = 0; number < this.#counts[member]!; number++) {
        const point = hashNumber(mix(number), seeds[member]!, otherSeeds[member]!) >>> 0;
        points[placed++] = point * OWNER_RANGE + member;
      }
    }
    return points.sort();
  }
}

/** Where all together would have too many, everyone's are halved until they fit. */
function pointCounts(weights: Float64Array, pointsPerWeight: number): Uint32Array {
  const sum = weights.reduce((total, weight) => total + weight, 0) * pointsPerWeight;
  const scale = sum > MAX_POINTS ? 2 ** -Math.ceil(Math.log2(sum / MAX_POINTS)) : 1;
  return Uint32Array.from(weights, (weight) =>
    Math.max(1, Math.round(weight * pointsPerWeight * scale)),
  );
}

function startsOf(points: Uint32Array, bits: number): Uint32Array {
  const starts = new Uint32Array(2 ** bits);
  let at = 0;
  for (let lead = 0; lead < starts.length; lead++) {
    const least = lead * 2 ** (32 - bits);
    while (at < points.length && points[at]! < least) at++;
    starts[lead] = at;
  }
  return starts;
}

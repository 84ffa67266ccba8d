import type { Backend } from '../backend/backend.ts';
import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';

/** One part of the window; the oldest is forgotten as a whole. */
const PART_MS = 10_000;
const PARTS = 6;

/** Durations are told apart by quarters of an octave, from a hundredth of a millisecond to three hours: to within 9 %. */
const STEPS_PER_OCTAVE = 4;
const FIRST_MS = 0.01;
const BUCKETS = 120;

/** How the exchanges of one backend went over the last minute. Of fixed size, whatever happens. */
class Window {
  readonly counts = new Uint32Array(PARTS * BUCKETS);
  /** Number of the part, since the clock began, that each place holds. */
  readonly parts: number[] = Array.from({ length: PARTS }, () => -1);

  observe(ms: number, nowMs: number): void {
    const part = Math.floor(nowMs / PART_MS);
    const place = part % PARTS;
    if (this.parts[place] !== part) {
      this.parts[place] = part;
      this.counts.fill(0, place * BUCKETS, (place + 1) * BUCKETS);
    }
    const at = place * BUCKETS + bucketOf(ms);
    this.counts[at] = (this.counts[at] ?? 0) + 1; // at is within the array, see bucketOf
  }

  addTo(sums: Float64Array, nowMs: number): void {
    const oldest = Math.floor(nowMs / PART_MS) - PARTS;
    for (const [place, part] of this.parts.entries()) {
      if (part <= oldest) continue;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        sums[bucket] = (sums[bucket] ?? 0) + (this.counts[place * BUCKETS + bucket] ?? 0);
      }
    }
  }
}

export interface TrafficReading {
  readonly perSecond: number;
  /** Milliseconds; null without an exchange. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/**
 * What people want to see at a glance: how much each backend does at present, and how long it takes. Exchanges count
 * when they end, under the last backend that was tried. A window goes with its backend.
 */
export class RecentTraffic implements ExchangeObserver {
  readonly #windows = new WeakMap<Backend, Window>();
  readonly #now: () => number;
  readonly #startedMs: number;

  /** @param now monotonic clock, milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedMs = now();
  }

  onExchange({ backend, startedMs, endedMs }: ExchangeRecord): void {
    if (backend === null) return;
    let window = this.#windows.get(backend);
    if (window === undefined) {
      window = new Window();
      this.#windows.set(backend, window);
    }
    window.observe(endedMs - startedMs, endedMs);
  }

  /** Of these backends together. */
  read(backends: Iterable<Backend>): TrafficReading {
    const nowMs = this.#now();
    const sums = new Float64Array(BUCKETS);
    for (const backend of backends) this.#windows.get(backend)?.addTo(sums, nowMs);
    const count = sums.reduce((sum, each) => sum + each, 0);
    return {
      perSecond: count / this.#seconds(nowMs),
      p50Ms: quantile(sums, count, 0.5),
      p99Ms: quantile(sums, count, 0.99),
    };
  }

  /** What the window spans: five whole parts and what there is of the present one. */
  #seconds(nowMs: number): number {
    const windowMs = (PARTS - 1) * PART_MS + (nowMs % PART_MS);
    return Math.max(1000, Math.min(windowMs, nowMs - this.#startedMs)) / 1000;
  }
}

function bucketOf(ms: number): number {
  if (ms <= FIRST_MS) return 0;
  const bucket = Math.ceil(Math.log2(ms / FIRST_MS) * STEPS_PER_OCTAVE);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/** @returns the upper end of the bucket in which it lies. */
function quantile(sums: Float64Array, count: number, share: number): number | null {
  if (count === 0) return null;
  let left = Math.max(1, Math.ceil(count * share));
  for (const [bucket, inBucket] of sums.entries()) {
    left -= inBucket;
    if (left <= 0) return FIRST_MS * 2 ** (bucket / STEPS_PER_OCTAVE);
  }
  return null;
}

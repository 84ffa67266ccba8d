import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';

/** Upper ends of the duration buckets; what takes longer than the last counts in one more. */
export const durationBoundsMs: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
];

/** Exchanges that agree in every label. */
export class ExchangeCount {
  readonly listener: string;
  readonly route: string;
  readonly pool: string;
  /** '' when no backend was tried. */
  readonly backend: string;
  readonly status: number;
  count = 0;

  constructor(record: ExchangeRecord) {
    this.listener = record.listener;
    this.route = record.route;
    this.pool = record.pool;
    this.backend = record.backend === null ? '' : record.backend.name;
    this.status = record.status;
  }
}

/** Exchanges of one listener that lb itself ended or answered, for the same reason. */
export class ReasonCount {
  readonly listener: string;
  readonly reason: Reason;
  count = 0;

  constructor(listener: string, reason: Reason) {
    this.listener = listener;
    this.reason = reason;
  }
}

/** How long the exchanges of one route took. */
export class DurationHistogram {
  readonly listener: string;
  readonly route: string;
  /** Exchanges per bucket, each counted in one only; one element more than `durationBoundsMs`. */
  readonly buckets: number[] = Array.from({ length: durationBoundsMs.length + 1 }, () => 0);
  sumMs = 0;

  constructor(listener: string, route: string) {
    this.listener = listener;
    this.route = route;
  }

  observe(ms: number): void {
    let bucket = 0;
    // A bound belongs to its bucket (`le`); most exchanges end at the first comparisons.
    while (bucket < durationBoundsMs.length && ms > (durationBoundsMs[bucket] as number)) bucket++;
    this.buckets[bucket] = (this.buckets[bucket] as number) + 1;
    this.sumMs += ms;
  }
}

/** Where the exchanges of one route are counted. */
class RouteCells {
  readonly durations: DurationHistogram;
  readonly pools = new Map<string, Map<string, Map<number, ExchangeCount>>>();

  constructor(durations: DurationHistogram) {
    this.durations = durations;
  }
}

/**
 * Counts what became of exchanges, by listener, route, pool, backend and status, and why lb itself ended them. All but
 * status and reason are names of the configuration, so no peer decides how many counts there are.
 *
 * Hot: a count is found through nested maps, 55 ns; by a key of joined names it would take three times as long
 * (bench/micro/access-log.ts). Keyed by name, not by object: counts outlive a backend that a reload makes anew.
 */
export class ExchangeCounters implements ExchangeObserver {
  /** In the order in which they were first seen; no two agree in every label. */
  readonly counts: ExchangeCount[] = [];
  /** One per listener and route. */
  readonly durations: DurationHistogram[] = [];
  /** One per listener and reason. */
  readonly reasons: ReasonCount[] = [];
  readonly #reasons = new Map<string, Map<Reason, ReasonCount>>();
  readonly #listeners = new Map<string, Map<string, RouteCells>>();

  onExchange(record: ExchangeRecord): void {
    const { backend } = record;
    const cells = this.#listeners.get(record.listener)?.get(record.route) ?? this.#addRoute(record);
    cells.durations.observe(record.endedMs - record.startedMs);
    const count =
      cells.pools
        .get(record.pool)
        ?.get(backend === null ? '' : backend.name)
        ?.get(record.status) ?? this.#addCount(cells, record);
    count.count++;
    if (record.reason !== null) this.#countReason(record.listener, record.reason);
  }

  #countReason(listener: string, reason: Reason): void {
    const known = entry(this.#reasons, listener, () => new Map<Reason, ReasonCount>());
    const count = entry(known, reason, () => {
      const added = new ReasonCount(listener, reason);
      this.reasons.push(added);
      return added;
    });
    count.count++;
  }

  #addRoute(record: ExchangeRecord): RouteCells {
    const { listener, route } = record;
    const durations = new DurationHistogram(listener, route);
    this.durations.push(durations);
    const routes = entry(this.#listeners, listener, () => new Map<string, RouteCells>());
    return entry(routes, route, () => new RouteCells(durations));
  }

  #addCount(cells: RouteCells, record: ExchangeRecord): ExchangeCount {
    const count = new ExchangeCount(record);
    this.counts.push(count);
    const backends = entry(
      cells.pools,
      count.pool,
      () => new Map<string, Map<number, ExchangeCount>>(),
    );
    const statuses = entry(backends, count.backend, () => new Map<number, ExchangeCount>());
    statuses.set(count.status, count);
    return count;
  }
}

/** The value of a key, made when it is missing. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

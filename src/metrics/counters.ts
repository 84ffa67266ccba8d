import type { Backend } from '../backend/backend.ts';
import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';
import {
  type Cell,
  ExchangeCount,
  ListenerBytes,
  type LiveNames,
  noteGone,
  oldestKept,
  ReasonCount,
  RouteDurations,
} from './cells.ts';

/** Kept of what reloads and discovery have removed: enough for a monitoring system to see their last counts. */
const GONE_COUNTS = 1000;
/** The same for what is kept per listener, or has many lines. */
const GONE_OTHERS = 100;

/** Where the exchanges of one listener are counted. */
class ListenerCells {
  readonly bytes: ListenerBytes;
  readonly reasons = new Map<Reason, ReasonCount>();
  readonly routes = new Map<string, RouteCells>();

  constructor(bytes: ListenerBytes) {
    this.bytes = bytes;
  }
}

/** Where the exchanges of one route are counted: by pool, backend and status. */
class RouteCells {
  readonly durations: RouteDurations;
  readonly pools = new Map<string, Map<string, Map<number, ExchangeCount>>>();

  constructor(durations: RouteDurations) {
    this.durations = durations;
  }
}

/** Where the last exchange of a backend was counted: nearly always the next one is, too. */
interface Recent {
  readonly bytes: ListenerBytes;
  readonly durations: RouteDurations;
  readonly count: ExchangeCount;
}

/**
 * Counts what became of exchanges, by listener, route, pool, backend and status, and why lb itself ended them. All but
 * status and reason are names of the configuration, so no peer decides how many counts there are; `retain` bounds what
 * many reloads leave behind.
 *
 * Hot: one look-up for an exchange like the last one of its backend, else nested maps; a key of joined names would take
 * three times as long (bench/micro/access-log.ts). Counted by name, not by object: counts outlive a backend that a
 * reload makes anew.
 */
export class ExchangeCounters implements ExchangeObserver {
  /** No two agree in every label. */
  counts: ExchangeCount[] = [];
  /** One per listener and route. */
  durations: RouteDurations[] = [];
  /** One per listener and reason. */
  reasons: ReasonCount[] = [];
  /** One per listener. */
  bytes: ListenerBytes[] = [];
  #recent = new WeakMap<Backend, Recent>();
  #listeners = new Map<string, ListenerCells>();
  #looks = 0;

  onExchange(record: ExchangeRecord): void {
    const { backend, bytesIn, bytesOut } = record;
    const { bytes, durations, count } = this.#cellsFor(record);
    count.count++;
    durations.histogram.observe(record.endedMs - record.startedMs);
    bytes.bytesIn += bytesIn;
    bytes.bytesOut += bytesOut;
    if (backend !== null) {
      backend.bytesIn += bytesIn;
      backend.bytesOut += bytesOut;
      backend.timings.observe(record);
    }
    if (record.reason !== null) this.#countReason(record.listener, record.reason);
  }

  /**
   * Forgets what names that are no longer in use have left behind, except the last of it. A count whose names are in
   * use never goes back.
   */
  retain(live: LiveNames): void {
    const look = ++this.#looks;
    const isInUse = ({ listener }: Pick<ListenerBytes, 'listener'>) => live.hasListener(listener);
    const isRoute = ({ listener, route }: Pick<RouteDurations, 'listener' | 'route'>) =>
      live.hasListener(listener) && (route === '' || live.hasRoute(listener, route));
    const isWhole = (count: ExchangeCount) =>
      isRoute(count) && (count.backend === '' || live.hasBackend(count.pool, count.backend));
    noteGone(this.counts, isWhole, look);
    noteGone(this.durations, isRoute, look);
    noteGone(this.reasons, isInUse, look);
    noteGone(this.bytes, isInUse, look);
    this.#keepSince(
      Math.max(
        oldestKept(this.counts, GONE_COUNTS),
        oldestKept(this.durations, GONE_OTHERS),
        oldestKept(this.reasons, GONE_OTHERS),
        oldestKept(this.bytes, GONE_OTHERS),
      ),
    );
  }

  /** One look for all, so that whatever stays has its route and its listener. */
  #keepSince(look: number): void {
    const isKept = ({ goneSince }: Cell) => goneSince === 0 || goneSince >= look;
    this.counts = this.counts.filter(isKept);
    this.durations = this.durations.filter(isKept);
    this.reasons = this.reasons.filter(isKept);
    this.bytes = this.bytes.filter(isKept);
    this.#index();
  }

  /** Finds everything that is kept, and nothing else, from now on. */
  #index(): void {
    this.#recent = new WeakMap();
    this.#listeners = new Map(
      this.bytes.map((bytes) => [bytes.listener, new ListenerCells(bytes)]),
    );
    for (const reason of this.reasons) {
      this.#listener(reason.listener).reasons.set(reason.reason, reason);
    }
    for (const durations of this.durations) {
      const { listener, route } = durations;
      this.#listener(listener).routes.set(route, new RouteCells(durations));
    }
    for (const count of this.counts) this.#statuses(count).set(count.status, count);
  }

  #cellsFor(record: ExchangeRecord): Recent {
    const { backend, listener, route, status } = record;
    const recent = backend === null ? undefined : this.#recent.get(backend);
    if (
      recent !== undefined &&
      recent.count.status === status &&
      recent.count.route === route &&
      recent.count.listener === listener
    ) {
      return recent;
    }
    const { bytes } = this.#listener(listener);
    const { durations } = this.#route(listener, route);
    const found = { bytes, durations, count: this.#count(record) };
    if (backend !== null) this.#recent.set(backend, found);
    return found;
  }

  #count(record: ExchangeRecord): ExchangeCount {
    const { listener, route, pool, backend, status } = record;
    const place = { listener, route, pool, backend: backend === null ? '' : backend.name };
    return entry(this.#statuses(place), status, () => {
      const added = new ExchangeCount(record);
      this.counts.push(added);
      return added;
    });
  }

  #statuses(place: Place): Map<number, ExchangeCount> {
    const { pools } = this.#route(place.listener, place.route);
    const backends = entry(pools, place.pool, () => new Map<string, Map<number, ExchangeCount>>());
    return entry(backends, place.backend, () => new Map<number, ExchangeCount>());
  }

  #route(listener: string, route: string): RouteCells {
    return entry(this.#listener(listener).routes, route, () => {
      const added = new RouteDurations(listener, route);
      this.durations.push(added);
      return new RouteCells(added);
    });
  }

  #listener(listener: string): ListenerCells {
    return entry(this.#listeners, listener, () => {
      const added = new ListenerBytes(listener);
      this.bytes.push(added);
      return new ListenerCells(added);
    });
  }

  #countReason(listener: string, reason: Reason): void {
    const count = entry(this.#listener(listener).reasons, reason, () => {
      const added = new ReasonCount(listener, reason);
      this.reasons.push(added);
      return added;
    });
    count.count++;
  }
}

/** Whom exchanges of one count concern, whatever became of them. */
type Place = Pick<ExchangeCount, 'listener' | 'route' | 'pool' | 'backend'>;

/** The value of a key, made when it is missing. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

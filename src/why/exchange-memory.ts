import { type ExchangeObserver, type ExchangeRecord, NO_ATTEMPTS } from '../backend/observer.ts';
import { reasons } from '../foundation/reason.ts';
import { type KeptExchange, keep } from './kept-exchange.ts';
import { Ring } from './ring.ts';

/** From here on a status says that something behind lb, or lb, failed. */
const SERVER_ERROR = 500;
/** A description of a pool serves for this long: in an outage every exchange would ask for one. */
const SITUATION_MS = 250;

export interface MemoryOptions {
  /** How many exchanges are kept; 0: none. */
  readonly entries: number;
  /** One that took at least this long is kept though nothing failed. */
  readonly slowMs: number;
}

export interface MemoryServices {
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
  /** How the backends of a pool are, for people; asked when none of them would take an exchange. */
  readonly situationOf: (pool: string) => string;
}

/**
 * Remembers the last exchanges that failed, were tried again, were refused or were slow, for people who come with a
 * request id and a question. Bounded: half of the entries are for failures of backends and of lb, the other half for what
 * clients caused and for what was merely slow, so that a scanner collecting 404s pushes no failure out.
 */
export class ExchangeMemory implements ExchangeObserver {
  #slowMs: number;
  #enabled: boolean;
  readonly #failures: Ring<KeptExchange>;
  readonly #others: Ring<KeptExchange>;
  readonly #services: MemoryServices;
  readonly #situations = new Map<string, { readonly atMs: number; readonly text: string }>();

  constructor({ entries, slowMs }: MemoryOptions, services: MemoryServices) {
    this.#slowMs = slowMs;
    this.#enabled = entries > 0;
    this.#failures = new Ring(Math.ceil(entries / 2));
    this.#others = new Ring(Math.floor(entries / 2));
    this.#services = services;
  }

  /** What is kept stays, as far as there is room for it. */
  configure({ entries, slowMs }: MemoryOptions): void {
    this.#slowMs = slowMs;
    this.#enabled = entries > 0;
    this.#failures.resize(Math.ceil(entries / 2));
    this.#others.resize(Math.floor(entries / 2));
    this.#situations.clear(); // of pools that are no more, too
  }

  // Hot: for an exchange that went well, four comparisons.
  onExchange(record: ExchangeRecord): void {
    if (
      record.reason === null &&
      record.status < SERVER_ERROR &&
      record.failedAttempts === NO_ATTEMPTS &&
      (record.endedMs - record.startedMs < this.#slowMs || isLongLived(record))
    ) {
      return;
    }
    if (this.#enabled) this.#keep(record);
  }

  #keep(record: ExchangeRecord): void {
    const nowMs = this.#services.wallClock();
    const kept = keep(record, nowMs, this.#situationOf(record, nowMs));
    (isFailure(record) ? this.#failures : this.#others).add(kept);
  }

  #situationOf({ reason, pool }: ExchangeRecord, nowMs: number): string {
    if (reason !== 'no_backend' && reason !== 'queue_full' && reason !== 'queue_timeout') return '';
    const known = this.#situations.get(pool);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < SITUATION_MS) return known.text;
    const text = this.#services.situationOf(pool);
    this.#situations.set(pool, { atMs: nowMs, text });
    return text;
  }

  /** The newest first. */
  get exchanges(): readonly KeptExchange[] {
    return [...this.#failures.items, ...this.#others.items].sort(
      (one, other) => other.endedAtMs - one.endedAtMs,
    );
  }

  /** All of that id, the newest first: whoever sends an X-Request-ID through a trusted proxy may send it twice. */
  find(requestId: string): readonly KeptExchange[] {
    return this.exchanges.filter((exchange) => exchange.requestId === requestId);
  }
}

/** Sessions and upgraded connections last as long as their peers like. */
function isLongLived({ protocol, status }: ExchangeRecord): boolean {
  return protocol === 'tcp' || status === 101;
}

function isFailure({ status, reason, failedAttempts }: ExchangeRecord): boolean {
  if (status >= SERVER_ERROR || failedAttempts.length > 0) return true;
  return reason !== null && reasons[reason].status >= SERVER_ERROR;
}

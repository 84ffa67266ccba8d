import { formatAddress } from '../foundation/address.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { Fact, Ordered } from '../health/facts.ts';
import type { Overlay } from '../overlay/overlay.ts';
import { parseOverlayEntry, renderOverlay } from './overlay-document.ts';
import { Place } from './place.ts';

/** Of the format that docs/operations.md describes. A key more does not need another one: unknown keys are ignored. */
const VERSION = 1;

/** Of a text for people; a custom check may say anything. */
const MAX_TEXT = 500;

/** Enough for any ejection: 2 to this power times the shortest one is longer than a year. */
const MAX_LEVEL = 40;

/** What the file says of one backend; null where it has nothing to say. */
export interface StateEntry {
  readonly pool: string;
  readonly backend: string;
  readonly address: string;
  readonly observed: Fact<boolean> | null;
  readonly ejected: (Fact<'open'> & { readonly untilMs: number; readonly level: number }) | null;
  readonly ordered: Ordered | null;
}

/** Times are in milliseconds since 1970. */
export interface State {
  readonly writtenMs: number;
  readonly backends: readonly StateEntry[];
  /** What people have changed of the configuration. */
  readonly overlay: Overlay;
}

/** What is now. */
export function describeState(
  { backends, overlay }: { readonly backends: readonly BackendHealth[]; readonly overlay: Overlay },
  nowMs: number,
): State {
  return {
    writtenMs: nowMs,
    backends: backends.map((each) => describeBackend(each, nowMs)),
    overlay,
  };
}

function describeBackend(health: BackendHealth, nowMs: number): StateEntry {
  const { name, pool, backend, known, circuit, ordered } = health;
  const ejection = health.breaker?.ejection ?? null;
  return {
    pool,
    backend: name,
    address: formatAddress(backend.address),
    observed: known,
    ejected: ejection && {
      ...circuit,
      value: 'open',
      untilMs: Math.round(nowMs + ejection.remainingMs),
      level: ejection.level,
    },
    ordered: ordered.who === null ? null : ordered,
  };
}

/** Writes a state as the text of the file. */
export function renderState({ writtenMs, backends, overlay }: State): string {
  const document = {
    version: VERSION,
    written: time(writtenMs),
    backends: backends.map(render),
    changes: overlay.length === 0 ? undefined : renderOverlay(overlay),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function render({ pool, backend, address, observed, ejected, ordered }: StateEntry): object {
  return {
    pool,
    backend,
    address,
    observed: observed === null ? undefined : { healthy: observed.value, ...renderFact(observed) },
    ejected:
      ejected === null
        ? undefined
        : { until: time(ejected.untilMs), level: ejected.level, ...renderFact(ejected) },
    ordered:
      ordered === null
        ? undefined
        : { order: ordered.value, who: cut(ordered.who ?? ''), ...renderFact(ordered) },
  };
}

function renderFact({ why, sinceMs }: Fact<unknown>): object {
  return { why: cut(why), since: time(sinceMs) };
}

/**
 * Reads what {@link renderState} wrote.
 *
 * @throws Error that says what is wrong with the text, whatever the text is.
 */
export function parseState(text: string): State {
  const document = new Place(JSON.parse(text), '');
  const version = document.at('version').count(Number.MAX_SAFE_INTEGER);
  if (version !== VERSION) throw new Error(`version ${version} is not ${VERSION}, which lb knows`);
  return {
    writtenMs: document.at('written').time(),
    backends: document.at('backends').list().map(parseEntry),
    overlay: document.optional('changes', (changes) => changes.list().map(parseOverlayEntry)) ?? [],
  };
}

function parseEntry(entry: Place): StateEntry {
  return {
    pool: entry.at('pool').text(),
    backend: entry.at('backend').text(),
    address: entry.at('address').text(),
    observed: entry.optional('observed', (fact) => parseFact(fact, fact.at('healthy').flag())),
    ejected: entry.optional('ejected', (fact) => ({
      ...parseFact(fact, 'open' as const),
      untilMs: fact.at('until').time(),
      level: fact.at('level').count(MAX_LEVEL),
    })),
    ordered: entry.optional('ordered', (fact) => ({
      ...parseFact(fact, fact.at('order').oneOf(['ready', 'draining', 'maintenance'])),
      who: fact.at('who').text(),
    })),
  };
}

function parseFact<Value>(fact: Place, value: Value): Fact<Value> {
  return { value, why: fact.at('why').text(), sinceMs: fact.at('since').time() };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

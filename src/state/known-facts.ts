import type { Fact, KnownFacts } from '../health/facts.ts';
import type { State, StateEntry } from './state-document.ts';

/** What was observed longer ago says nothing about now. */
export const STALE_MS = 10 * 60_000;

/** Away for too long, or the clock has been moved so far that nobody knows for how long. */
export function isStale({ writtenMs }: State, nowMs: number): boolean {
  return Math.abs(nowMs - writtenMs) > STALE_MS;
}

/**
 * What an entry means now: what people ordered holds until they order otherwise, the rest only while it is fresh.
 * Nothing began later than now, even if somebody has set the clock back.
 */
export function knownFacts(entry: StateEntry, stale: boolean, nowMs: number): KnownFacts {
  const { observed, ejected, ordered } = entry;
  const began = <Known extends Fact<unknown>>(fact: Known): Known => ({
    ...fact,
    sinceMs: Math.min(fact.sinceMs, nowMs),
  });
  const isKept = ejected !== null && !stale;
  return {
    observed: observed === null || stale ? null : began(observed),
    ejected: isKept
      ? { ...began(ejected), remainingMs: Math.max(0, ejected.untilMs - nowMs) }
      : null,
    ordered: ordered === null ? null : began(ordered),
  };
}

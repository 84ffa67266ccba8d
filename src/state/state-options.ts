import type { BackendHealth } from '../health/backend-health.ts';
import type { KnownFacts } from '../health/facts.ts';
import type { Overlay } from '../overlay/overlay.ts';

/** The part of the operational log that is needed here. */
export interface StateLog {
  error(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  info(facts: object, message: string): void;
}

/** Whose state is kept. */
export interface StateOwner {
  /** Those there are now. */
  readonly backends: readonly BackendHealth[];
  /** What people have changed of the configuration; another list when that changes. */
  readonly overlay: Overlay;
  restore(known: (health: BackendHealth) => KnownFacts | null): void;
}

export interface StateOptions {
  /** Of the state file. */
  readonly path: string;
  readonly owner: StateOwner;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
  readonly log: StateLog;
}

/** What it means to have no state to go on with. */
export const NOTHING_KNOWN = 'every backend counts as healthy and ready until lb knows better';

/** In a few words for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { Order } from '../backend/backend.ts';

/** What somebody holds of a backend, why, and since when. */
export interface Fact<Value> {
  readonly value: Value;
  /** In a few words for people. */
  readonly why: string;
  /** Milliseconds since 1970, so that it means the same after a restart. */
  readonly sinceMs: number;
}

/** An ejection under way. */
export interface Ejection {
  readonly remainingMs: number;
  /** The ejection after it lasts `ejectionMs` times 2 to this power. */
  readonly level: number;
}

/** What decides about the circuit of a backend, and knows more of it than the fact does. */
export interface Breaker {
  /** null while the circuit is closed. */
  readonly ejection: Ejection | null;
  /** Goes on with an ejection that began before lb was restarted; the fact has been written by then. */
  resume(ejection: Ejection): void;
}

/** What people ordered. */
export interface Ordered extends Fact<Order> {
  /** null: nobody has ordered anything. */
  readonly who: string | null;
}

/** What was known of a backend before lb was restarted; null where nothing was. */
export interface KnownFacts {
  readonly observed: Fact<boolean> | null;
  readonly ejected: (Fact<'open'> & Ejection) | null;
  readonly ordered: Ordered | null;
}

import type { Reason } from '../foundation/reason.ts';

/**
 * Judges a backend by its real traffic. Told of every failed attempt; of attempts and answers only while
 * `Backend.watched`, which it sets itself: a backend without a recent failure costs its traffic two comparisons.
 */
export interface TrafficWatcher {
  /** An exchange or session has been given to the backend. */
  onAttempt(): void;
  /** A response head has come, `ms` after the attempt began; for TCP: the backend has accepted, and `status` is 0. */
  onAnswer(status: number, ms: number): void;
  /** An attempt failed before the head of a response was whole, and not by the keep-alive race. */
  onFailure(reason: Reason): void;
}

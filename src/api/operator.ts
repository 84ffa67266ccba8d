import type { LogLevel } from '../foundation/log-level.ts';
import type { PlanAnswer, ReloadAnswer } from './changes.ts';
import type { RememberedExchanges } from './exchanges.ts';
import type { Explanation, Question } from './explanation.ts';
import type { BackendStatus, Status } from './status.ts';

/** Which backend is meant. */
export interface BackendName {
  readonly pool: string;
  readonly backend: string;
}

/** Who gives an order, and why. */
export interface OrderedBy {
  readonly who: string;
  /** '' when nothing was said. */
  readonly why: string;
}

/** A backend to be added, in the words of lb.yaml. */
export interface NewBackend {
  readonly address: string;
  /** undefined: the address. */
  readonly name: string | undefined;
  readonly weight: number;
  readonly maxConnections: number;
  readonly backup: boolean;
}

/** What came of an order. */
export interface Ordered {
  /** false: it was so already. */
  readonly changed: boolean;
  /** In one sentence, for people. */
  readonly message: string;
}

/** What came of an order about a backend. */
export interface OrderAnswer extends Ordered {
  /** null when it is no more. */
  readonly backend: BackendStatus | null;
}

/** What endpoints ask of a running lb. All of it may throw, or reject with, an LbError that `statuses` in answer.ts knows. */
export interface Operator {
  /** null while lb wants new traffic. */
  whyNotReady(): string | null;
  status(): Status;
  backend(name: BackendName): BackendStatus;
  /**
   * Resolves when nothing is in flight at the backend, when it is ready for traffic again, or after `waitMs`, or when
   * the signal aborts: look which it was.
   */
  waitUntilIdle(name: BackendName, waitMs: number, signal: AbortSignal): Promise<BackendStatus>;
  order(
    name: BackendName,
    order: 'ready' | 'draining' | 'maintenance',
    by: OrderedBy,
  ): Promise<OrderAnswer>;
  weigh(name: BackendName, weight: number, by: OrderedBy): Promise<OrderAnswer>;
  add(pool: string, backend: NewBackend, by: OrderedBy): Promise<OrderAnswer>;
  remove(name: BackendName, by: OrderedBy): Promise<OrderAnswer>;
  /** Back to what the file says. */
  reset(name: BackendName, by: OrderedBy): Promise<OrderAnswer>;
  /** Until a reload brings another level than the file had before, or lb ends. */
  setLogLevel(level: LogLevel, by: OrderedBy): Ordered;
  /** Goes over to what the file says now. */
  reload(by: OrderedBy): Promise<ReloadAnswer>;
  /** What a reload would change if the file were this one. @param path absolute. */
  plan(path: string): Promise<PlanAnswer>;
  /** @throws LbError REQUEST_INVALID, NAME_UNKNOWN */
  explain(question: Question): Explanation;
  /** @param requestId null: of any. @param limit how many at most, the newest first. */
  exchanges(requestId: string | null, limit: number): RememberedExchanges;
}

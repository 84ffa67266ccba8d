import type { Reason } from '../foundation/reason.ts';
import type { Backend } from './backend.ts';

/** An attempt that failed, after which another one was made or lb gave up. */
export interface AttemptRecord {
  readonly backend: string;
  readonly reason: Reason;
  /** From choosing the backend to the failure. */
  readonly durationMs: number;
  /** It went over a connection that had served before. */
  readonly reused: boolean;
}

/** Of nearly every exchange. */
export const NO_ATTEMPTS: readonly AttemptRecord[] = [];

/** What became of one exchange or session. Read it while being told; the object is used again afterwards. */
export interface ExchangeRecord {
  readonly listener: string;
  /** The X-Request-ID that the backend was sent; '' for none. */
  readonly requestId: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  /** '' when no route matched. */
  readonly route: string;
  readonly pool: string;
  /** The last one tried; null when none was. */
  readonly backend: Backend | null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Of the target, as sent, without its `?`; '' when there is none. */
  readonly query: string;
  /** The User-Agent field; '' when there is none. */
  readonly userAgent: string;
  /** `HTTP/1.1`, `HTTP/1.0` or `tcp`. */
  readonly protocol: string;
  /** What the client was told; 0 for a TCP session, 499 when it had left. */
  readonly status: number;
  /** null when everything went as the backend wanted. */
  readonly reason: Reason | null;
  /** What exactly was wrong with a response (`bad_response`, `response_head_too_large`); null otherwise. */
  readonly detail: Reason | null;
  /** Body bytes (HTTP) or bytes (TCP and after an upgrade), from and to the client. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Monotonic clock, milliseconds. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly attempts: number;
  /** Time spent waiting because every backend was full. */
  readonly queueMs: number;
  /** The last attempt went over a connection that had served before. */
  readonly reused: boolean;
  /** How long the last attempt took to connect; 0 over a connection that was there, -1 when it never was. */
  readonly connectMs: number;
  /**
   * How long the last backend took from then on, or from having been sent the last of the request, to the head of its
   * final response; -1 when that did not come, and for TCP.
   */
  readonly ttfbMs: number;
  readonly failedAttempts: readonly AttemptRecord[];
  /** Number of the configuration it began with. */
  readonly generation: number;
}

/** Told once per exchange or session, at its end. */
export interface ExchangeObserver {
  onExchange(record: ExchangeRecord): void;
}

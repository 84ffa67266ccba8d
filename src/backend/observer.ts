import type { Reason } from '../foundation/reason.ts';
import type { Backend } from './backend.ts';

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
}

/** Told once per exchange or session, at its end. */
export interface ExchangeObserver {
  onExchange(record: ExchangeRecord): void;
}

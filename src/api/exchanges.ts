import { flag, listOf, number, orNull, record, type Shape, text, time, word } from './shapes.ts';

/** An attempt that failed, after which another was made or lb gave up. */
export interface FailedAttempt {
  readonly backend: string;
  readonly reason: string;
  readonly duration_ms: number;
  readonly reused: boolean;
}

/** Why an exchange is remembered. */
export const remembered = ['failed', 'refused', 'retried', 'slow'] as const;

/** One exchange or session that failed, was refused, was tried again or was slow. Fields as in the access log. */
export interface RememberedExchange {
  /** When it ended. */
  readonly time: string;
  readonly request_id: string;
  readonly kind: (typeof remembered)[number];
  readonly listener: string;
  readonly route: string;
  readonly pool: string;
  readonly backend: string;
  readonly client_ip: string;
  readonly client_port: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly protocol: string;
  readonly user_agent: string;
  /** 0 for a TCP session. */
  readonly status: number;
  /** null: lb did what the backend wanted. */
  readonly reason: string | null;
  readonly detail: string | null;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly attempts: number;
  readonly failed_attempts: readonly FailedAttempt[];
  readonly reused: boolean;
  readonly queue_ms: number;
  /** null: it never came so far; so for `ttfb_ms`. */
  readonly connect_ms: number | null;
  readonly ttfb_ms: number | null;
  readonly duration_ms: number;
  readonly generation: number;
  /** In plain words: what happened, and what to do about it. */
  readonly what: string;
  readonly cure: string;
}

export interface RememberedExchanges {
  /** How many are remembered in all, and from which duration on without any failure. */
  readonly entries: number;
  readonly slow_ms: number;
  /** The newest first. */
  readonly exchanges: readonly RememberedExchange[];
}

export const exchangesShape: Shape = record({
  entries: number,
  slow_ms: number,
  exchanges: listOf(
    record({
      time,
      request_id: text,
      kind: word(...remembered),
      listener: text,
      route: text,
      pool: text,
      backend: text,
      client_ip: text,
      client_port: number,
      method: text,
      host: text,
      path: text,
      protocol: text,
      user_agent: text,
      status: number,
      reason: orNull(text),
      detail: orNull(text),
      bytes_in: number,
      bytes_out: number,
      attempts: number,
      failed_attempts: listOf(
        record({ backend: text, reason: text, duration_ms: number, reused: flag }),
      ),
      reused: flag,
      queue_ms: number,
      connect_ms: orNull(number),
      ttfb_ms: orNull(number),
      duration_ms: number,
      generation: number,
      what: text,
      cure: text,
    }),
  ),
});

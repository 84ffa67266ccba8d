import type { AttemptRecord, ExchangeRecord } from '../backend/observer.ts';
import { formatAddress } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';

/** Characters kept of what a client may make as long as it likes. */
const MAX_TEXT = 512;
/** A pool may be configured to try more often than anybody wants to read. */
const MAX_ATTEMPTS = 16;

/** A copy of what became of an exchange or session, of bounded size: some 4 KiB at most, mostly a few hundred bytes. */
export interface KeptExchange {
  /** Milliseconds since 1970. */
  readonly endedAtMs: number;
  readonly requestId: string;
  readonly listener: string;
  readonly route: string;
  readonly pool: string;
  /** The last one tried; '' when none was. */
  readonly backend: string;
  /** Of that backend, as configured. */
  readonly backendAddress: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly method: string;
  readonly host: string;
  /** Without the query, which may hold secrets. */
  readonly path: string;
  readonly protocol: string;
  readonly userAgent: string;
  readonly status: number;
  readonly reason: Reason | null;
  readonly detail: Reason | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly attempts: number;
  readonly failedAttempts: readonly AttemptRecord[];
  readonly reused: boolean;
  readonly queueMs: number;
  readonly connectMs: number;
  readonly ttfbMs: number;
  readonly durationMs: number;
  readonly generation: number;
  /** How the pool was when nobody in it would take the exchange; '' otherwise. */
  readonly situation: string;
}

/** Copies what is told once, since the record is used again. */
export function keep(record: ExchangeRecord, endedAtMs: number, situation: string): KeptExchange {
  const { backend } = record;
  return {
    endedAtMs,
    requestId: record.requestId,
    listener: record.listener,
    route: record.route,
    pool: record.pool,
    backend: backend?.name ?? '',
    backendAddress: backend === null ? '' : formatAddress(backend.address),
    clientAddress: record.clientAddress,
    clientPort: record.clientPort,
    method: record.method,
    host: cut(record.host),
    path: cut(record.path),
    protocol: record.protocol,
    userAgent: cut(record.userAgent),
    status: record.status,
    reason: record.reason,
    detail: record.detail,
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    attempts: record.attempts,
    failedAttempts: record.failedAttempts.slice(0, MAX_ATTEMPTS),
    reused: record.reused,
    queueMs: record.queueMs,
    connectMs: record.connectMs,
    ttfbMs: record.ttfbMs,
    durationMs: record.endedMs - record.startedMs,
    generation: record.generation,
    situation,
  };
}

/** A text of its own: what `slice` gives would keep the whole one alive. Each character is one byte, as on the wire. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${Buffer.from(text.slice(0, MAX_TEXT - 1), 'latin1').toString('latin1')}…`;
}

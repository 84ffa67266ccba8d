import type { RememberedExchange } from '../api/exchanges.ts';
import { reasons } from '../foundation/reason.ts';
import { hintOf } from '../why/hint.ts';
import type { KeptExchange } from '../why/kept-exchange.ts';

/** As the API tells it. */
export function exchangeReport(kept: KeptExchange): RememberedExchange {
  const { what, cure } = hintOf(kept);
  return {
    time: new Date(kept.endedAtMs).toISOString(),
    request_id: kept.requestId,
    kind: kindOf(kept),
    listener: kept.listener,
    route: kept.route,
    pool: kept.pool,
    backend: kept.backend,
    client_ip: kept.clientAddress,
    client_port: kept.clientPort,
    method: kept.method,
    host: kept.host,
    path: kept.path,
    protocol: kept.protocol,
    user_agent: kept.userAgent,
    status: kept.status,
    reason: kept.reason,
    detail: kept.detail,
    bytes_in: kept.bytesIn,
    bytes_out: kept.bytesOut,
    attempts: kept.attempts,
    failed_attempts: kept.failedAttempts.map(({ backend, reason, durationMs, reused }) => ({
      backend,
      reason,
      duration_ms: rounded(durationMs),
      reused,
    })),
    reused: kept.reused,
    queue_ms: rounded(kept.queueMs),
    connect_ms: kept.connectMs < 0 ? null : rounded(kept.connectMs),
    ttfb_ms: kept.ttfbMs < 0 ? null : rounded(kept.ttfbMs),
    duration_ms: rounded(kept.durationMs),
    generation: kept.generation,
    what,
    cure,
  };
}

function kindOf({ reason, status, failedAttempts }: KeptExchange): RememberedExchange['kind'] {
  if (reason !== null) return reasons[reason].status < 499 ? 'refused' : 'failed';
  if (status >= 500) return 'failed';
  return failedAttempts.length > 0 ? 'retried' : 'slow';
}

/** To a tenth of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

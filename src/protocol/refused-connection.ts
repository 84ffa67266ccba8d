import { type ExchangeRecord, NO_ATTEMPTS } from '../backend/observer.ts';
import { type Reason, reasons } from '../foundation/reason.ts';
import type { ByteStream } from '../transport/transport.ts';
import type { Services } from './services.ts';

/** What is told of a connection that a limit refused, before anything was read from it. */
export function refusedConnection(
  listener: string,
  protocol: 'HTTP/1.1' | 'tcp',
  stream: ByteStream,
  reason: Reason,
  { clock, generation }: Pick<Services, 'clock' | 'generation'>,
): ExchangeRecord {
  const nowMs = clock.now();
  return {
    listener,
    requestId: '',
    clientAddress: stream.remoteAddress,
    clientPort: stream.remotePort,
    route: '',
    pool: '',
    backend: null,
    method: '',
    host: '',
    path: '',
    query: '',
    userAgent: '',
    protocol,
    status: protocol === 'tcp' ? 0 : reasons[reason].status,
    reason,
    detail: null,
    bytesIn: 0,
    bytesOut: 0,
    startedMs: nowMs,
    endedMs: nowMs,
    attempts: 0,
    queueMs: 0,
    reused: false,
    connectMs: -1,
    ttfbMs: -1,
    failedAttempts: NO_ATTEMPTS,
    generation,
  };
}

import type { ExchangeRecord } from '../backend/observer.ts';
import { type Reason, reasons } from '../foundation/reason.ts';
import type { ByteStream } from '../transport/transport.ts';

/** What is told of a connection that a limit refused, before anything was read from it. */
export function refusedConnection(
  listener: string,
  protocol: 'HTTP/1.1' | 'tcp',
  stream: ByteStream,
  reason: Reason,
  nowMs: number,
): ExchangeRecord {
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
  };
}

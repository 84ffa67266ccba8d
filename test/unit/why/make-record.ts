import { Backend } from '../../../src/backend/backend.ts';
import { type ExchangeRecord, NO_ATTEMPTS } from '../../../src/backend/observer.ts';

/** A GET that a backend has answered well in 20 ms, but for what is given. */
export function makeRecord(parts: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    listener: 'web',
    requestId: 'id-1',
    clientAddress: '192.0.2.1',
    clientPort: 4711,
    route: 'api',
    pool: 'api',
    backend: new Backend('api-1', 'api', { kind: 'tcp', host: '10.0.0.11', port: 3000 }, 1),
    method: 'GET',
    host: 'api.test',
    path: '/v1',
    query: 'token=secret',
    userAgent: 'curl',
    protocol: 'HTTP/1.1',
    status: 200,
    reason: null,
    detail: null,
    bytesIn: 0,
    bytesOut: 5,
    startedMs: 1000,
    endedMs: 1020,
    attempts: 1,
    queueMs: 0,
    reused: false,
    connectMs: 2,
    ttfbMs: 15,
    failedAttempts: NO_ATTEMPTS,
    generation: 1,
    ...parts,
  };
}

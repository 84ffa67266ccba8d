import type { ExchangeRecord } from '../../src/backend/observer.ts';

/** The record of an ordinary exchange, but for what is said. */
export function makeExchange(fields: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    listener: 'web',
    requestId: '5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c',
    clientAddress: '203.0.113.7',
    clientPort: 51_234,
    route: 'users',
    pool: 'api',
    backend: null,
    method: 'GET',
    host: 'api.example.com',
    path: '/v1/users',
    query: '',
    userAgent: '',
    protocol: 'HTTP/1.1',
    status: 200,
    reason: null,
    detail: null,
    bytesIn: 0,
    bytesOut: 1234,
    startedMs: 0,
    endedMs: 0,
    attempts: 1,
    queueMs: 0,
    reused: true,
    connectMs: 0,
    ttfbMs: 11,
    failedAttempts: [],
    generation: 1,
    ...fields,
  };
}

import { defineExchangeScenario } from '../exchange-scenario.ts';
import type { Traffic } from '../load-generator.ts';

export const tcpBulkTraffic: Traffic = {
  connections: 16,
  connectionEach: false,
  opening: Buffer.alloc(0),
  request: Buffer.alloc(0),
  // Each MiB that arrives is an exchange.
  answer: { kind: 'bytes', bytes: Buffer.alloc(1024 * 1024) },
};

export const tcpBulk = defineExchangeScenario({
  name: 'tcp-bulk',
  summary: '16 TCP connections, the backend sends without end, the client reads',
  job: 'tcp',
  backends: 'source',
  traffic: tcpBulkTraffic,
  unit: 'MiB',
  latency: false,
});

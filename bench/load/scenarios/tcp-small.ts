import { defineExchangeScenario } from '../exchange-scenario.ts';
import type { Traffic } from '../load-generator.ts';

const ping = Buffer.alloc(64, 'ping');

export const tcpSmallTraffic: Traffic = {
  connections: 64,
  connectionEach: false,
  opening: Buffer.alloc(0),
  request: ping,
  answer: { kind: 'bytes', bytes: ping },
};

export const tcpSmall = defineExchangeScenario({
  name: 'tcp-small',
  summary: `64 TCP connections, ${ping.length} bytes at a time, sent back`,
  job: 'tcp',
  backends: 'tcp',
  traffic: tcpSmallTraffic,
  unit: 'echo',
  latency: true,
});

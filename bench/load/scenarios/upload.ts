import { uploadPath } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

// 16 connections: what is in flight when a round ends was paid for and is not counted, so keep it small.
export const upload = defineExchangeScenario({
  name: 'upload',
  summary: '16 keep-alive connections, POST of 1 MiB, empty response',
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({
    connections: 16,
    method: 'POST',
    path: uploadPath,
    headers: { 'Content-Type': 'application/octet-stream' },
    requestBody: Buffer.alloc(1024 * 1024, 'x'),
    responseBody: Buffer.alloc(0),
  }),
  unit: 'req',
  latency: true,
});

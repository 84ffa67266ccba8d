import { downloadBytes, downloadPath } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

// 16 connections: what is in flight when a round ends was paid for and is not counted, so keep it small.
export const download = defineExchangeScenario({
  name: 'download',
  summary: '16 keep-alive connections, GET, 1 MiB response',
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({
    connections: 16,
    path: downloadPath,
    responseBody: Buffer.alloc(downloadBytes, 'x'),
  }),
  unit: 'req',
  latency: true,
});

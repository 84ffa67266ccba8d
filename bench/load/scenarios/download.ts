import { downloadBytes, downloadPath } from '../backends.ts';
import { defineHttpScenario } from '../http-scenario.ts';

// 16 connections: what is in flight when a round ends was paid for and is not counted, so keep it small.
export const download = defineHttpScenario({
  name: 'download',
  summary: '16 keep-alive connections, GET, 1 MiB response',
  connections: 16,
  method: 'GET',
  path: downloadPath,
  headers: {},
  requestBytes: 0,
  responseBytes: downloadBytes,
});

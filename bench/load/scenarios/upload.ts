import { uploadAnswerBytes, uploadPath } from '../backends.ts';
import { defineHttpScenario } from '../http-scenario.ts';

// 16 connections: what is in flight when a round ends was paid for and is not counted, so keep it small.
export const upload = defineHttpScenario({
  name: 'upload',
  summary: '16 keep-alive connections, POST of 1 MiB, empty response',
  connections: 16,
  method: 'POST',
  path: uploadPath,
  headers: { 'Content-Type': 'application/octet-stream' },
  requestBytes: 1024 * 1024,
  responseBytes: uploadAnswerBytes,
});

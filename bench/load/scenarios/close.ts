import { smallBytes, smallPath } from '../backends.ts';
import { defineHttpScenario } from '../http-scenario.ts';

export const close = defineHttpScenario({
  name: 'close',
  summary: `a new connection per request, 64 at a time, GET, ${smallBytes}-byte response`,
  connections: 64,
  method: 'GET',
  path: smallPath,
  headers: { Connection: 'close' },
  requestBytes: 0,
  responseBytes: smallBytes,
});

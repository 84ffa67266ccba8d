import { smallBytes, smallPath } from '../backends.ts';
import { defineHttpScenario } from '../http-scenario.ts';

export const small = defineHttpScenario({
  name: 'small',
  summary: `64 keep-alive connections, GET, ${smallBytes}-byte response`,
  connections: 64,
  method: 'GET',
  path: smallPath,
  headers: {},
  requestBytes: 0,
  responseBytes: smallBytes,
});

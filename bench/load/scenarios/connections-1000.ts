import { smallBytes, smallPath } from '../backends.ts';
import { defineHttpScenario } from '../http-scenario.ts';

export const connections1000 = defineHttpScenario({
  name: 'connections-1000',
  summary: `1,000 keep-alive connections, GET, ${smallBytes}-byte response`,
  connections: 1000,
  method: 'GET',
  path: smallPath,
  headers: {},
  requestBytes: 0,
  responseBytes: smallBytes,
});

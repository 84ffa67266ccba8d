import { smallBytes } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

export const connections1000 = defineExchangeScenario({
  name: 'connections-1000',
  summary: `1,000 keep-alive connections, GET, ${smallBytes}-byte response`,
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({ connections: 1000 }),
  unit: 'req',
  latency: true,
});

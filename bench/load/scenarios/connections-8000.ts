import { smallBytes } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

export const connections8000 = defineExchangeScenario({
  name: 'connections-8000',
  summary: `8,000 keep-alive connections, GET, ${smallBytes}-byte response`,
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({ connections: 8000 }),
  unit: 'req',
  latency: true,
});

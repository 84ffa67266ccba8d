import { smallBytes } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

export const small = defineExchangeScenario({
  name: 'small',
  summary: `64 keep-alive connections, GET, ${smallBytes}-byte response`,
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({ connections: 64 }),
  unit: 'req',
  latency: true,
});

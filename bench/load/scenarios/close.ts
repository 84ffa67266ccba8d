import { smallBytes } from '../backends.ts';
import { defineExchangeScenario } from '../exchange-scenario.ts';
import { httpTraffic } from '../http-traffic.ts';

export const close = defineExchangeScenario({
  name: 'close',
  summary: `a new connection per request, 64 at a time, GET, ${smallBytes}-byte response`,
  job: 'http',
  backends: 'http',
  traffic: httpTraffic({ connections: 64, connectionEach: true, headers: { Connection: 'close' } }),
  unit: 'req',
  latency: true,
});

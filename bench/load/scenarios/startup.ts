import { httpTraffic } from '../http-traffic.ts';
import { verifyAnswer } from '../verify-answer.ts';
import type { PeerScenario } from './scenario.ts';

const oneRequest = httpTraffic({ connections: 1 });

/** From exec to the first answer. Includes taskset's part, about 1 ms, and up to 2 ms until the port is asked again. */
export const startup: PeerScenario = {
  kind: 'peers',
  name: 'startup',
  summary: 'started anew for each round, GET until there is an answer',
  job: 'http',
  backends: 'http',
  lifetime: 'round',
  costTitle: 'ms to 1st answer',
  costDigits: 1,
  details: [],
  verify: (port, signal) => verifyAnswer(oneRequest, port, signal),
  measure: async ({ target }) => ({ cost: target.firstAnswerMs, details: {}, errors: [] }),
  measureAtRate: null,
};

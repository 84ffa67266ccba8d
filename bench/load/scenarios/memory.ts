import { setTimeout as delay } from 'node:timers/promises';
import { httpTraffic } from '../http-traffic.ts';
import { memoryOf } from '../memory.ts';
import { verifyAnswer } from '../verify-answer.ts';
import type { PeerScenario } from './scenario.ts';

const oneRequest = httpTraffic({ connections: 1 });
/** What start-up put off is done by then. */
const settleMs = 1000;

export const memory: PeerScenario = {
  kind: 'peers',
  name: 'memory',
  summary: 'started anew for each round, one GET, 1 s of rest',
  job: 'http',
  backends: 'http',
  lifetime: 'round',
  costTitle: 'RSS MiB',
  costDigits: 1,
  details: [{ key: 'pssMiB', title: 'PSS MiB', digits: 1 }],
  verify: (port, signal) => verifyAnswer(oneRequest, port, signal),
  measure: async ({ target, signal }) => {
    await delay(settleMs, undefined, { signal });
    const { rssKiB, pssKiB } = await memoryOf(target.pid);
    return { cost: rssKiB / 1024, details: { pssMiB: pssKiB / 1024 }, errors: [] };
  },
  measureAtRate: null,
};

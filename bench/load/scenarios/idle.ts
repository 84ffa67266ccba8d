import { setTimeout as delay } from 'node:timers/promises';
import { httpTraffic } from '../http-traffic.ts';
import { IdleConnections } from '../idle-connections.ts';
import { memoryOf } from '../memory.ts';
import { verifyAnswer } from '../verify-answer.ts';
import type { Measurement, PeerScenario, Round } from './scenario.ts';

/** Pay for what the first connections bring with them: compiled code, pools, caches. Not counted. */
const firstConnections = 500;
const connections = 6000;
const settleMs = 1000;
const oneRequest = httpTraffic({ connections: 1 });

export const idle: PeerScenario = {
  kind: 'peers',
  name: 'idle',
  summary: `${firstConnections} idle keep-alive connections after one GET each, then 6,000 more: what these add`,
  job: 'http',
  backends: 'http',
  lifetime: 'round',
  costTitle: 'RSS KiB/conn.',
  costDigits: 2,
  details: [
    { key: 'pssKiB', title: 'PSS KiB/conn.', digits: 2 },
    { key: 'rssMiB', title: 'RSS MiB with all', digits: 1 },
  ],
  verify: (port, signal) => verifyAnswer(oneRequest, port, signal),
  measure: measureIdle,
  measureAtRate: null,
};

async function measureIdle({ target, signal }: Round): Promise<Measurement> {
  const held = new IdleConnections(oneRequest, target.port);
  try {
    await held.open(firstConnections, signal);
    await delay(settleMs, undefined, { signal });
    const before = await memoryOf(target.pid);
    await held.open(connections, signal);
    await delay(settleMs, undefined, { signal });
    const after = await memoryOf(target.pid);
    const lost = held.countLost();
    return {
      cost: (after.rssKiB - before.rssKiB) / connections,
      details: {
        pssKiB: (after.pssKiB - before.pssKiB) / connections,
        rssMiB: after.rssKiB / 1024,
      },
      errors: lost === 0 ? [] : [`${lost} idle connections were closed`],
    };
  } finally {
    held.close();
  }
}

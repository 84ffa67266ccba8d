import { setTimeout as delay } from 'node:timers/promises';
import { httpTraffic } from '../http-traffic.ts';
import { type LoadGenerator, type LoadResult, withLoadGenerator } from '../load-generator.ts';
import { generationField } from '../peers/peer.ts';
import { verifyAnswer } from '../verify-answer.ts';
import type { Measurement, PeerScenario, Round } from './scenario.ts';

const perSecond = 2000;
const traffic = httpTraffic({ connections: 64 });
const newConnection = httpTraffic({ connections: 1, headers: { Connection: 'close' } });
const probeEveryMs = 2;
const patienceMs = 10_000;

export const reload: PeerScenario = {
  kind: 'peers',
  name: 'reload',
  summary: `1,000 backends, one of them replaced under ${perSecond} GET/s over 64 keep-alive connections`,
  job: 'reload',
  backends: 'http-many',
  lifetime: 'round',
  costTitle: 'ms to new',
  costDigits: 1,
  details: [
    { key: 'failed', title: 'failed', digits: 0 },
    { key: 'p50Ms', title: 'p50 ms', digits: 2 },
    { key: 'p99Ms', title: 'p99 ms', digits: 2 },
    { key: 'maxMs', title: 'max ms', digits: 2 },
  ],
  verify: (port, signal) => verifyAnswer(newConnection, port, signal),
  measure: measureReload,
  measureAtRate: null,
};

/** Failed requests do not void a row here: they are what is looked for. */
async function measureReload(round: Round): Promise<Measurement> {
  const { target, programs, directory, seconds, signal } = round;
  const options = { program: programs.load, directory, port: target.port, seconds, perSecond };
  const load = (generator: LoadGenerator) =>
    Promise.all([
      generator.run(),
      target.reload().then((askedMs) => askUntilNew(target.port, askedMs, signal)),
    ]);
  const [result, probes] = await withLoadGenerator(traffic, options, signal, load);
  return {
    cost: probes.elapsedMs,
    details: {
      failed: countFailed(result) + probes.failed,
      p50Ms: result.p50Micros / 1000,
      p99Ms: result.p99Micros / 1000,
      maxMs: result.maxMicros / 1000,
    },
    errors: probes.elapsedMs < patienceMs ? [] : [`no new configuration after ${patienceMs} ms`],
  };
}

/** Over a new connection each time, until the new generation answers. */
async function askUntilNew(
  port: number,
  askedMs: number,
  signal: AbortSignal,
): Promise<{ readonly elapsedMs: number; readonly failed: number }> {
  const isNew = new RegExp(`^${generationField}: 2\r$`, 'im');
  let failed = 0;
  for (;;) {
    const head = await verifyAnswer(newConnection, port, signal).catch(() => null);
    const elapsedMs = performance.now() - askedMs;
    if ((head !== null && isNew.test(head)) || elapsedMs >= patienceMs)
      return { elapsedMs, failed };
    if (head === null) failed++;
    await delay(probeEveryMs, undefined, { signal });
  }
}

function countFailed({ failed }: LoadResult): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

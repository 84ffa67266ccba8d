import type { BackendKind } from './backends.ts';
import { startCounting, type Usage } from './cpu-window.ts';
import {
  describeFailures,
  type LoadResult,
  type Traffic,
  withLoadGenerator,
} from './load-generator.ts';
import type { Job } from './peers/peer.ts';
import {
  capacityKey,
  type Measurement,
  type PeerScenario,
  type Round,
} from './scenarios/scenario.ts';
import { verifyAnswer } from './verify-answer.ts';

export interface ExchangeScenario {
  readonly name: string;
  readonly summary: string;
  readonly job: Job;
  readonly backends: BackendKind;
  readonly traffic: Traffic;
  /** What one exchange is called in the column titles. */
  readonly unit: 'req' | 'echo' | 'MiB';
  /** Also at half of what it can: p50 and p99. */
  readonly latency: boolean;
}

/** A scenario of identical exchanges, whose cost is the peer's CPU time for each. */
export function defineExchangeScenario(scenario: ExchangeScenario): PeerScenario {
  const { name, summary, job, backends, traffic, unit, latency } = scenario;
  return {
    kind: 'peers',
    name,
    summary,
    job,
    backends,
    lifetime: 'session',
    costTitle: `CPU µs/${unit}`,
    costDigits: 1,
    details: [
      { key: capacityKey, title: `${unit}/s`, digits: 0 },
      { key: 'cpuPercent', title: 'CPU %', digits: 0 },
      { key: 'othersPercent', title: 'others %', digits: 0 },
      { key: 'logBytes', title: `log B/${unit}`, digits: 0 },
      ...(latency
        ? [
            { key: 'rate', title: `at ${unit}/s`, digits: 0 },
            { key: 'p50Ms', title: 'p50 ms', digits: 2 },
            { key: 'p99Ms', title: 'p99 ms', digits: 2 },
          ]
        : []),
    ],
    verify: (port, signal) => verifyAnswer(traffic, port, signal),
    measure: (round) => measureCost(traffic, round),
    measureAtRate: latency ? (round, perSecond) => measureLatency(traffic, round, perSecond) : null,
  };
}

/** As fast as the peer answers. The connections open before and close after what is counted. */
async function measureCost(traffic: Traffic, round: Round): Promise<Measurement> {
  const { result, usage } = await load(traffic, round, 0);
  const completed = Math.max(result.completed, 1);
  return {
    cost: usage.cpuMicros / completed,
    details: {
      [capacityKey]: result.completed / (result.durationMicros / 1e6),
      cpuPercent: (100 * usage.cpuMicros) / result.durationMicros,
      othersPercent: (100 * usage.othersMicros) / result.durationMicros,
      logBytes: usage.logBytes / completed,
    },
    errors: describeFailures(result),
  };
}

async function measureLatency(
  traffic: Traffic,
  round: Round,
  perSecond: number,
): Promise<Measurement> {
  const { result, usage } = await load(traffic, round, perSecond);
  const { completed, p50Micros, p99Micros } = result;
  return {
    cost: usage.cpuMicros / Math.max(completed, 1),
    details: { rate: perSecond, p50Ms: p50Micros / 1000, p99Ms: p99Micros / 1000 },
    errors: describeFailures(result),
  };
}

function load(
  traffic: Traffic,
  { target, programs, directory, seconds, signal }: Round,
  perSecond: number,
): Promise<{ readonly result: LoadResult; readonly usage: Usage }> {
  const { port } = target;
  const options = { program: programs.load, directory, port, seconds, perSecond };
  return withLoadGenerator(traffic, options, signal, async (generator) => {
    const stopCounting = await startCounting(target);
    const result = await generator.run();
    return { result, usage: await stopCounting() };
  });
}

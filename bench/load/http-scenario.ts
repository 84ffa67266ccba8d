import { request } from 'node:http';
import { coreMicroseconds, cpuMicroseconds } from './cpu-time.ts';
import { logSize, releaseLog } from './log-file.ts';
import { proxyCpu } from './processes.ts';
import type { Measurement, Scenario, Target } from './scenarios/scenario.ts';
import { type HttpLoad, runWrk } from './wrk.ts';

export interface HttpScenario extends HttpLoad {
  readonly name: string;
  readonly summary: string;
  /** Length of the response body that a right answer has. */
  readonly responseBytes: number;
}

/** A scenario of identical HTTP/1.1 requests in a closed loop, whose cost is the peer's CPU time for each. */
export function defineHttpScenario(scenario: HttpScenario): Scenario {
  return {
    name: scenario.name,
    summary: scenario.summary,
    costTitle: 'CPU µs/req',
    details: [
      { key: 'requestsPerSecond', title: 'req/s', digits: 0 },
      { key: 'cpuPercent', title: 'CPU %', digits: 0 },
      { key: 'othersPercent', title: 'others %', digits: 0 },
      { key: 'p50Ms', title: 'p50 ms', digits: 2 },
      { key: 'p99Ms', title: 'p99 ms', digits: 2 },
      { key: 'logBytesPerRequest', title: 'log B/req', digits: 0 },
    ],
    verify: (target, signal) => verifyAnswer(scenario, target, signal),
    measure: (target, seconds, signal) => measureHttp(scenario, target, seconds, signal),
  };
}

async function measureHttp(
  load: HttpLoad,
  target: Target,
  seconds: number,
  signal: AbortSignal,
): Promise<Measurement> {
  await releaseLog(target.accessLog);
  const logBefore = await logSize(target.accessLog);
  const coreBefore = await coreMicroseconds(proxyCpu);
  const cpuBefore = await cpuMicroseconds(target.pid);
  const result = await runWrk(load, target.port, seconds, signal);
  const cpuMicros = (await cpuMicroseconds(target.pid)) - cpuBefore;
  const coreMicros = (await coreMicroseconds(proxyCpu)) - coreBefore;
  const logBytes = (await logSize(target.accessLog)) - logBefore;
  const completed = Math.max(result.completed, 1);
  return {
    cost: cpuMicros / completed,
    details: {
      requestsPerSecond: result.completed / (result.durationMicros / 1e6),
      cpuPercent: (100 * cpuMicros) / result.durationMicros,
      // Two clocks with ticks of 10 ms each: never mind the tick that makes it negative.
      othersPercent: Math.max(0, (100 * (coreMicros - cpuMicros)) / result.durationMicros),
      p50Ms: result.p50Micros / 1000,
      p99Ms: result.p99Micros / 1000,
      logBytesPerRequest: logBytes / completed,
    },
    errors: result.errors,
  };
}

/** One request of the scenario through the peer: a fast wrong answer must not be measured. */
function verifyAnswer(scenario: HttpScenario, target: Target, signal: AbortSignal): Promise<void> {
  const { method, path, headers, requestBytes, responseBytes } = scenario;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: target.port, method, path, headers, agent: false, signal },
      (response) => {
        let received = 0;
        response.on('data', (chunk: Buffer) => {
          received += chunk.length;
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200 && received === responseBytes) return resolve();
          const found = `status ${response.statusCode} with ${received} bytes`;
          reject(
            new Error(`${method} ${path}: ${found}, expected 200 with ${responseBytes} bytes`),
          );
        });
      },
    );
    sent.setTimeout(5000, () => sent.destroy(new Error(`${method} ${path}: no answer in 5 s`)));
    sent.on('error', reject);
    sent.end(Buffer.alloc(requestBytes, 'x'));
  });
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Backend } from '../../src/backend/backend.ts';
import { ExchangeCounters } from '../../src/metrics/counters.ts';
import type { MetricsSource } from '../../src/metrics/exporter.ts';
import { familiesOf } from '../../src/metrics/families/all.ts';
import { prometheus } from '../../src/metrics/prometheus.ts';
import { inDatagrams, StatsdLines } from '../../src/metrics/statsd-lines.ts';
import { makeExchange } from '../../test/helpers/exchange-record.ts';
import { metricsSource, poolReadings } from '../../test/helpers/metrics-source.ts';

// What it takes to tell the metrics of a pool whose every backend has had traffic of three statuses and a retry: how
// long a scrape takes in all, and for how long at a time it keeps the event loop from everything else.

const runs = 31;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

function sourceOf(backendCount: number): MetricsSource {
  const exchanges = new ExchangeCounters();
  const backends = Array.from({ length: backendCount }, (_, n) => {
    const address = { kind: 'tcp', host: '10.0.0.1', port: n + 1 } as const;
    const backend = new Backend(`10.0.0.1:${n + 1}`, 'api', address, 0);
    for (const status of [200, 404, 502]) {
      for (let ms = 0.2; ms < 1000; ms *= 3) {
        const times = { endedMs: ms, ttfbMs: ms / 2, connectMs: ms / 4, queueMs: ms / 8 };
        exchanges.onExchange(makeExchange({ backend, status, reused: false, ...times }));
      }
    }
    backend.countFailure('connect_refused');
    return backend;
  });
  const health = backends.map(({ name }) => ({
    pool: 'api',
    name,
    state: 'up' as const,
    takesTraffic: true,
    probesPassed: 1234,
    probesFailed: 1,
    lastProbe: { durationMs: 0.73 },
    ejections: 0,
  }));
  return metricsSource({ exchanges, health, pools: [poolReadings('api', backends)] });
}

/** @returns how long it took, and the longest turn of the event loop meanwhile; milliseconds. */
async function timed(task: () => Promise<unknown>) {
  let done = false;
  const startMs = performance.now();
  const finished = task().finally(() => {
    done = true;
  });
  let longestMs = performance.now() - startMs;
  for (let sinceMs = performance.now(); !done; sinceMs = performance.now()) {
    await nextTurn();
    longestMs = Math.max(longestMs, performance.now() - sinceMs);
  }
  await finished;
  return { totalMs: performance.now() - startMs, longestMs };
}

for (const backendCount of [20, 1000]) {
  const source = sourceOf(backendCount);
  let bytes = 0;
  const scrapes = [];
  for (let run = 0; run < runs; run++) {
    scrapes.push(
      await timed(async () => {
        bytes = (await prometheus.render(source)).length;
      }),
    );
  }
  const lines = new StatsdLines('lb');
  let datagrams = 0;
  const pushes = Array.from({ length: runs }, () => {
    const startMs = performance.now();
    datagrams = [...inDatagrams(lines.next(familiesOf(source)))].length;
    return performance.now() - startMs;
  });
  const total = scrapes.map(({ totalMs }) => totalMs);
  const longest = scrapes.map(({ longestMs }) => longestMs);
  const about = (values: readonly number[]) =>
    `${median(values).toFixed(1)} ms (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
  process.stdout.write(
    `${backendCount} backends, ${(bytes / 1024).toFixed(0)} KiB: scraped in ${about(total)}, ` +
      `at most ${about(longest)} at a time; for StatsD ${about(pushes)}, ${datagrams} datagrams\n`,
  );
}

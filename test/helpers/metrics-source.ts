import type { Backend } from '../../src/backend/backend.ts';
import { Histogram } from '../../src/foundation/histogram.ts';
import { ExchangeCounters } from '../../src/metrics/counters.ts';
import type { MetricsSource, PoolReadings } from '../../src/metrics/exporter.ts';

/** What an lb without listeners, pools and traffic measures, but for what is said. */
export function metricsSource(measured: Partial<MetricsSource> = {}): MetricsSource {
  return {
    prefix: '',
    version: '1.2.3',
    listeners: [],
    maxConnections: 10_000,
    pools: [],
    health: [],
    names: [],
    exchanges: new ExchangeCounters(),
    accessLog: { dropped: 0, sampledOut: 0 },
    stateFile: null,
    reloads: { generation: 1, succeeded: true, endedMs: 0 },
    pushes: [],
    eventLoop: { lag: new Histogram(), activeSeconds: 0, idleSeconds: 0 },
    process: {
      memory: {
        rss: 47_185_920,
        heapUsed: 6_000_000,
        heapTotal: 9_000_000,
        external: 2_000_000,
        arrayBuffers: 0,
      },
      cpuSeconds: 1.5,
      openFds: 24,
      maxFds: 1024,
      startTimeSeconds: 1_795_348_800.25,
      nodeVersion: '26.10.0',
    },
    ...measured,
  };
}

/** A pool where nobody waits and nothing was repeated. */
export function poolReadings(name: string, backends: readonly Backend[]): PoolReadings {
  return {
    name,
    backends,
    queue: { size: 0 },
    options: { queue: { maxWaiting: 1000 } },
    algorithmFaults: 0,
    retries: { counts: new Map(), refused: 0 },
  };
}

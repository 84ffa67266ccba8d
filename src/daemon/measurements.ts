import type { GlobalConfig } from '../config/snapshot.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Health } from '../health/health.ts';
import type { ExchangeCounters } from '../metrics/counters.ts';
import type { EventLoop } from '../metrics/event-loop.ts';
import type { MetricsSource } from '../metrics/exporter.ts';
import { ProcessReadings } from '../metrics/process-readings.ts';
import type { AccessLog } from '../middleware/access-log.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Draining } from './draining.ts';
import type { KeptState } from './kept-state.ts';
import type { Pushing } from './pushing.ts';
import type { ReloadRecord } from './reload-record.ts';
import type { RunningListeners } from './running-listeners.ts';
import type { RunningPools } from './running-pools.ts';

/** The parts of a daemon that measure something. */
export interface Measured {
  readonly version: string;
  /** How many files the process may have open. */
  readonly openFiles: number;
  readonly listeners: RunningListeners;
  readonly draining: Draining;
  readonly pools: RunningPools;
  readonly health: Health;
  readonly discovery: Discovery;
  readonly exchanges: ExchangeCounters;
  readonly accessLog: AccessLog;
  readonly state: KeptState;
  readonly reloads: ReloadRecord;
}

/** Those that are there for the metrics alone. */
export interface MeasuredBeside {
  /** Of the configuration at work. */
  readonly global: () => GlobalConfig;
  readonly pushing: Pushing;
  readonly eventLoop: EventLoop;
}

/** Read at each scrape, whatever generation it is then. */
export function measurementsOf(
  measured: Measured,
  { global, pushing, eventLoop }: MeasuredBeside,
): MetricsSource {
  const { version, exchanges, accessLog, reloads } = measured;
  return {
    get prefix() {
      return global().metrics.prefix;
    },
    version,
    get listeners() {
      return connectionsByName([...measured.listeners.all, ...measured.draining.listeners]);
    },
    get maxConnections() {
      return global().limits.maxConnections;
    },
    get pools() {
      return measured.pools.all;
    },
    get health() {
      return measured.health.backends;
    },
    get names() {
      return measured.discovery.names;
    },
    exchanges,
    accessLog,
    get stateFile() {
      return measured.state.writer;
    },
    reloads,
    get pushes() {
      return pushing.all;
    },
    eventLoop,
    process: new ProcessReadings(measured.openFiles),
  };
}

/** A listener that drains may have the name of one that accepts. */
function connectionsByName(listeners: readonly RunningListener[]) {
  const sums = new Map<string, number>();
  for (const { name, connections } of listeners) {
    sums.set(name, (sums.get(name) ?? 0) + connections);
  }
  return [...sums].map(([name, connections]) => ({ name, connections }));
}

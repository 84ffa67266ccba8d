import type { Backend } from '../backend/backend.ts';
import type { ExchangeCounters } from './counters.ts';
import type { HealthReadings } from './health-readings.ts';
import type { ProcessReadings } from './process-readings.ts';

export interface PoolReadings {
  readonly name: string;
  readonly backends: readonly Backend[];
  /** Exchanges and sessions that wait because every backend is full. */
  readonly queue: { readonly size: number };
  readonly algorithmFaults: number;
}

/** Everything that is measured; read at the moment of rendering, so nothing is copied in between. */
export interface MetricsSource {
  /** Of lb. */
  readonly version: string;
  readonly listeners: Iterable<{ readonly name: string; readonly connections: number }>;
  readonly pools: Iterable<PoolReadings>;
  /** One per backend of each pool. */
  readonly health: Iterable<HealthReadings>;
  readonly exchanges: ExchangeCounters;
  readonly accessLog: { readonly dropped: number };
  readonly process: ProcessReadings;
}

/** One way to write the measurements down for a monitoring system that comes and asks. */
export interface Exporter {
  /** Where the admin listener serves it. */
  readonly path: string;
  readonly contentType: string;
  render(source: MetricsSource): string;
}

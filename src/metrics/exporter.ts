import type { Backend } from '../backend/backend.ts';
import type { Reason } from '../foundation/reason.ts';
import type { ExchangeCounters } from './counters.ts';
import type { HealthReadings } from './health-readings.ts';
import type { NameReadings } from './name-readings.ts';
import type { ProcessReadings } from './process-readings.ts';

export interface PoolReadings {
  readonly name: string;
  readonly backends: readonly Backend[];
  /** Exchanges and sessions that wait because every backend is full. */
  readonly queue: { readonly size: number };
  readonly algorithmFaults: number;
  readonly retries: {
    /** By why the attempt before failed. */
    readonly counts: ReadonlyMap<Reason, number>;
    /** Not made because the budget was used up. */
    readonly refused: number;
  };
}

/** Everything that is measured; read at the moment of rendering, so nothing is copied in between. */
export interface MetricsSource {
  /** Of lb. */
  readonly version: string;
  readonly listeners: Iterable<{ readonly name: string; readonly connections: number }>;
  readonly pools: Iterable<PoolReadings>;
  /** One per backend of each pool. */
  readonly health: Iterable<HealthReadings>;
  /** One per name that backends are at. */
  readonly names: Iterable<NameReadings>;
  readonly exchanges: ExchangeCounters;
  readonly accessLog: { readonly dropped: number };
  /** null where none is configured. */
  readonly stateFile: { readonly failures: number } | null;
  readonly reloads: {
    /** Of the configuration at work, from 1. */
    readonly generation: number;
    /** Whether the last one ended with what the file held. */
    readonly succeeded: boolean;
    /** When it ended, or lb started; milliseconds since 1970. */
    readonly endedMs: number;
  };
  readonly process: ProcessReadings;
}

/** One way to write the measurements down for a monitoring system that comes and asks. */
export interface Exporter {
  /** Where the admin listener serves it. */
  readonly path: string;
  readonly contentType: string;
  render(source: MetricsSource): string;
}

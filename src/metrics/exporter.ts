import type { Backend } from '../backend/backend.ts';
import type { Reason } from '../foundation/reason.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { ExchangeCounters } from './counters.ts';
import type { EventLoop } from './event-loop.ts';
import type { HealthReadings } from './health-readings.ts';
import type { NameReadings } from './name-readings.ts';
import type { ProcessReadings } from './process-readings.ts';

export interface PoolReadings {
  readonly name: string;
  readonly backends: readonly Backend[];
  /** Exchanges and sessions that wait because every backend is full. */
  readonly queue: { readonly size: number };
  readonly options: { readonly queue: { readonly maxWaiting: number } };
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
  /** What the names of metrics begin with; '' for nothing. */
  readonly prefix: string;
  /** Of lb. */
  readonly version: string;
  readonly listeners: Iterable<{ readonly name: string; readonly connections: number }>;
  /** Client connections at most, over all listeners. */
  readonly maxConnections: number;
  readonly pools: Iterable<PoolReadings>;
  /** One per backend of each pool. */
  readonly health: Iterable<HealthReadings>;
  /** One per name that backends are at. */
  readonly names: Iterable<NameReadings>;
  readonly exchanges: ExchangeCounters;
  readonly accessLog: { readonly dropped: number; readonly sampledOut: number };
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
  /** What sends to monitoring systems now. */
  readonly pushes: Iterable<{ readonly exporter: string; readonly failures: number }>;
  readonly eventLoop: Pick<EventLoop, 'lag' | 'activeSeconds' | 'idleSeconds'>;
  readonly process: Pick<
    ProcessReadings,
    'memory' | 'cpuSeconds' | 'openFds' | 'maxFds' | 'startTimeSeconds' | 'nodeVersion'
  >;
}

/** One way to write the measurements down for a monitoring system that comes and asks. */
export interface PullExporter {
  /** Where the admin listener serves it. */
  readonly path: string;
  readonly contentType: string;
  /** Traffic goes on meanwhile, so what it tells of one moment may be some milliseconds apart. */
  render(source: MetricsSource): Promise<Buffer>;
}

/** One way to send them to a monitoring system that waits to be told. */
export interface PushExporter<Name extends string, Target> {
  /** Also its key under `global.metrics`. */
  readonly name: Name;
  /** Sends every so often from now on. Whether anybody listens is of no consequence to traffic. */
  start(target: Target, source: MetricsSource, wheel: TimerWheel): Push;
}

/** A push exporter at work. */
export interface Push {
  /** Times that something could not be sent. */
  readonly failures: number;
  /** Sends a last time and ends; bounded in time. Never rejects. */
  stop(): Promise<void>;
}

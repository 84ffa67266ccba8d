import type { ExchangeObserver } from '../backend/observer.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { ConnectionLimit } from '../listener/connection-limit.ts';
import type { RequestIds } from '../middleware/request-id.ts';
import type { TrustedProxies } from '../middleware/trusted-proxies.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { HeadPool } from './head-pool.ts';

/** Told of every client connection that is served. */
export interface ConnectionWatcher {
  onOpened(listener: string, address: string, port: number): void;
  onClosed(listener: string, address: string, port: number): void;
}

/** What every listener of a process shares. */
export interface Services {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly buffers: IoBuffers;
  readonly heads: HeadPool;
  /** Over all listeners. */
  readonly limit: ConnectionLimit;
  readonly trustedProxies: TrustedProxies;
  readonly requestIds: RequestIds;
  readonly observer: ExchangeObserver;
  readonly connections: ConnectionWatcher;
  /** Number of the configuration at work. */
  readonly generation: number;
}

import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { formatAddress } from '../foundation/address.ts';
import { systemClock } from '../foundation/clock.ts';
import { TimerWheel } from '../foundation/timer-wheel.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { ExchangeCounters } from '../metrics/counters.ts';
import { AccessLog } from '../middleware/access-log.ts';
import { ForwardedPolicy } from '../middleware/forwarded.ts';
import { HeadPool } from '../protocol/head-pool.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Services } from '../protocol/services.ts';
import { IoBuffers } from '../transport/io-buffers.ts';
import { buildPools, listen, type Pools } from './build.ts';
import type { Log, LogDestination } from './log.ts';
import { shutDown } from './shutdown.ts';

/** A line waits this long for others to be written with. */
const ACCESS_LOG_FLUSH_MS = 500;

/** Where a daemon writes to. */
export interface Outputs {
  readonly log: Log;
  readonly accessLog: LogDestination;
}

/** Tells several observers, in order. */
class ObserverList implements ExchangeObserver {
  readonly #observers: readonly ExchangeObserver[];

  constructor(observers: readonly ExchangeObserver[]) {
    this.#observers = observers;
  }

  onExchange(record: ExchangeRecord): void {
    for (const observer of this.#observers) observer.onExchange(record);
  }
}

/** The composition root: one snapshot, running. */
export class Daemon {
  readonly snapshot: Snapshot;
  readonly listeners: RunningListener[] = [];
  readonly #pools: Pools;
  readonly #services: Services;
  readonly #counters = new ExchangeCounters();
  readonly #accessLog: AccessLog;
  readonly #log: Log;

  private constructor(snapshot: Snapshot, outputs: Outputs) {
    const { accessLog, limits, trustedProxies } = snapshot.global;
    const wheel = new TimerWheel(systemClock);
    this.snapshot = snapshot;
    this.#log = outputs.log;
    this.#pools = buildPools(snapshot.pools);
    this.#accessLog = new AccessLog({
      destination: outputs.accessLog,
      wheel,
      flushEveryMs: ACCESS_LOG_FLUSH_MS,
      wallClock: Date.now,
    });
    this.#services = {
      clock: systemClock,
      wheel,
      buffers: new IoBuffers(),
      heads: new HeadPool(),
      limit: new ConnectionLimit(limits.maxConnections, limits.maxConnectionsPerIp),
      forwarded: new ForwardedPolicy(trustedProxies),
      observer: accessLog.enabled
        ? new ObserverList([this.#counters, this.#accessLog])
        : this.#counters,
    };
  }

  /**
   * Binds every listener, or none.
   *
   * @throws LbError LISTEN_FAILED
   */
  static async start(snapshot: Snapshot, outputs: Outputs): Promise<Daemon> {
    const daemon = new Daemon(snapshot, outputs);
    try {
      await daemon.#listen();
    } catch (error) {
      await Promise.all(daemon.listeners.map((listener) => listener.drain()));
      throw error;
    }
    daemon.#services.wheel.start();
    return daemon;
  }

  /** Where /metrics and the rest are served; null when `admin: off`. */
  get adminAddress(): string | null {
    return null;
  }

  async #listen(): Promise<void> {
    for (const config of this.snapshot.listeners) {
      this.listeners.push(await listen(config, this.#pools, this.#services));
    }
    for (const { name, address } of this.listeners) {
      this.#log.info({ listener: name, address: formatAddress(address) }, 'listening');
    }
  }

  /**
   * Stops accepting, lets exchanges end, cuts what is left when time is up or `hurry` aborts.
   *
   * @returns how many connections were cut.
   */
  async stop(hurry: AbortSignal): Promise<number> {
    const cut = await shutDown(this.listeners, this.snapshot.global.shutdown, hurry);
    for (const pool of this.#pools.values()) {
      for (const backend of pool.backends) backend.idle.closeAll();
    }
    this.#accessLog.flush();
    this.#services.wheel.stop();
    return cut;
  }
}

import { AdminServer } from '../admin/admin-server.ts';
import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import type { CustomAlgorithms } from '../balancing/configured.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { formatAddress } from '../foundation/address.ts';
import { systemClock, TurnClock } from '../foundation/clock.ts';
import { TimerWheel } from '../foundation/timer-wheel.ts';
import { Health } from '../health/health.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { ExchangeCounters } from '../metrics/counters.ts';
import type { MetricsSource } from '../metrics/exporter.ts';
import { processReadings } from '../metrics/process-readings.ts';
import { AccessLog } from '../middleware/access-log.ts';
import { RequestIds } from '../middleware/request-id.ts';
import { TrustedProxies } from '../middleware/trusted-proxies.ts';
import type { Pool } from '../pool/pool.ts';
import { HeadPool } from '../protocol/head-pool.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Services } from '../protocol/services.ts';
import { IoBuffers } from '../transport/io-buffers.ts';
import { Builder } from './build.ts';
import { HealthLog } from './health-log.ts';
import type { Log, LogDestination } from './log.ts';
import { fillRandom } from './random-bytes.ts';
import { shutDown } from './shutdown.ts';

/** A line waits this long for others to be written with. */
const ACCESS_LOG_FLUSH_MS = 500;

/** What a daemon is given besides its snapshot. */
export interface Surroundings {
  /** Of lb, as metrics tell it. */
  readonly version: string;
  readonly log: Log;
  readonly accessLog: LogDestination;
  readonly customAlgorithms: CustomAlgorithms;
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
  readonly #surroundings: Surroundings;
  readonly #builder: Builder;
  readonly #pools: ReadonlyMap<string, Pool>;
  readonly #services: Services;
  readonly #health: Health;
  readonly #counters = new ExchangeCounters();
  readonly #accessLog: AccessLog;
  #admin: AdminServer | null = null;
  #stopping = false;

  private constructor(snapshot: Snapshot, surroundings: Surroundings) {
    const { accessLog, limits, trustedProxies } = snapshot.global;
    const clock = new TurnClock(systemClock);
    const wheel = new TimerWheel(clock);
    this.snapshot = snapshot;
    this.#surroundings = surroundings;
    const { log, customAlgorithms } = surroundings;
    this.#builder = new Builder(snapshot.pools, {
      clock,
      wheel,
      defer: process.nextTick,
      custom: customAlgorithms,
      random: Math.random,
      now: () => clock.now(),
      onFault: (algorithm, error) => {
        log.error({ algorithm, err: error }, 'algorithm failed: round robin picks in its place');
      },
    });
    this.#pools = this.#builder.pools;
    this.#accessLog = new AccessLog({
      destination: surroundings.accessLog,
      wheel,
      flushEveryMs: ACCESS_LOG_FLUSH_MS,
      wallClock: Date.now,
    });
    this.#services = {
      clock,
      wheel,
      buffers: new IoBuffers(),
      heads: new HeadPool(),
      limit: new ConnectionLimit(limits.maxConnections, limits.maxConnectionsPerIp),
      trustedProxies: new TrustedProxies(trustedProxies),
      requestIds: new RequestIds(fillRandom),
      observer: accessLog.enabled
        ? new ObserverList([this.#counters, this.#accessLog])
        : this.#counters,
    };
    this.#health = new Health({
      wheel,
      clock,
      wallClock: Date.now,
      buffers: this.#services.buffers,
      random: Math.random,
      listener: new HealthLog(surroundings.log),
    });
    for (const config of snapshot.pools) {
      const pool = this.#pools.get(config.name);
      if (pool !== undefined) this.#health.add(pool, config);
    }
  }

  /**
   * Binds every listener, or none.
   *
   * @throws LbError LISTEN_FAILED
   */
  static async start(snapshot: Snapshot, surroundings: Surroundings): Promise<Daemon> {
    const daemon = new Daemon(snapshot, surroundings);
    try {
      await daemon.#listen();
    } catch (error) {
      await Promise.all(daemon.listeners.map((listener) => listener.drain()));
      throw error;
    }
    daemon.#services.wheel.start();
    daemon.#health.start();
    return daemon;
  }

  /** Where /metrics and the rest are served; null when `admin: off`. */
  get adminAddress(): string | null {
    return this.#admin === null ? null : formatAddress(this.#admin.address);
  }

  async #listen(): Promise<void> {
    for (const config of this.snapshot.listeners) {
      this.listeners.push(await this.#builder.listen(config, this.#services));
    }
    const { admin } = this.snapshot.global;
    if (admin !== null) {
      const { wheel, buffers } = this.#services;
      const ready = () => !this.#stopping;
      const metrics = this.#metrics();
      this.#admin = await AdminServer.start(admin.bind, { wheel, buffers, metrics, ready });
    }
    const { log } = this.#surroundings;
    for (const { name, address } of this.listeners) {
      log.info({ listener: name, address: formatAddress(address) }, 'listening');
    }
    if (this.#admin !== null) log.info({ address: this.adminAddress }, 'admin listening');
  }

  #metrics(): MetricsSource {
    return {
      version: this.#surroundings.version,
      listeners: this.listeners,
      pools: [...this.#pools.values()],
      health: this.#health.backends,
      exchanges: this.#counters,
      accessLog: this.#accessLog,
      process: processReadings,
    };
  }

  /**
   * Stops accepting, lets exchanges end, cuts what is left when time is up or `hurry` aborts. The admin listener stays
   * until then: that is when people look.
   *
   * @returns how many connections were cut.
   */
  async stop(hurry: AbortSignal): Promise<number> {
    this.#stopping = true;
    const cut = await shutDown(this.listeners, this.snapshot.global.shutdown, hurry);
    for (const pool of this.#pools.values()) {
      for (const backend of pool.backends) backend.idle.closeAll();
    }
    await this.#admin?.close();
    this.#accessLog.flush();
    this.#health.stop();
    this.#services.wheel.stop();
    return cut;
  }
}

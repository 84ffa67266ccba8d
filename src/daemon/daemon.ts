import { isDeepStrictEqual } from 'node:util';
import type { ExchangeObserver } from '../backend/observer.ts';
import type { CustomAlgorithms } from '../balancing/configured.ts';
import type { LoadResult } from '../config/load.ts';
import type { GlobalConfig, PoolConfig, Snapshot } from '../config/snapshot.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { SystemResolver } from '../discovery/system-resolver.ts';
import { type Address, formatAddress } from '../foundation/address.ts';
import { systemClock, TurnClock } from '../foundation/clock.ts';
import { seededRandom } from '../foundation/seeded-random.ts';
import { TimerWheel } from '../foundation/timer-wheel.ts';
import { Health } from '../health/health.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { RequestIds } from '../middleware/request-id.ts';
import { TrustedProxies } from '../middleware/trusted-proxies.ts';
import type { Pool } from '../pool/pool.ts';
import { HeadPool } from '../protocol/head-pool.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Services } from '../protocol/services.ts';
import type { StateOwner } from '../state/state-options.ts';
import { IoBuffers } from '../transport/io-buffers.ts';
import { type Changeable, Changes } from './changes.ts';
import { Draining } from './draining.ts';
import { HealthLog } from './health-log.ts';
import { IdleWaits } from './idle-waits.ts';
import { KeptState } from './kept-state.ts';
import { makeDiscovery } from './make-discovery.ts';
import { warnAboutOpenFiles } from './open-files.ts';
import { operatedOf } from './operated.ts';
import { LiveOperator } from './operator.ts';
import type { Outputs } from './outputs.ts';
import type { Plan } from './plan.ts';
import { fillRandom } from './random-bytes.ts';
import type { ReloadOutcome } from './reload.ts';
import { ReloadRecord } from './reload-record.ts';
import { RunningAdmin } from './running-admin.ts';
import { RunningListeners } from './running-listeners.ts';
import { RunningMetrics } from './running-metrics.ts';
import { RunningPools } from './running-pools.ts';
import { shutDown } from './shutdown.ts';
import { Sockets } from './sockets.ts';
import { abort, type Staged, stage } from './staged.ts';
import { TrafficObservers } from './traffic-observers.ts';
import { type Loaded, type Work, workOf } from './work.ts';

/** What a daemon is given besides its configuration. */
export interface Surroundings {
  /** Of lb, as metrics tell it. */
  readonly version: string;
  /** How many files this process may have open; Infinity where that is not known. */
  readonly openFiles: number;
  readonly outputs: Outputs;
  /** Where `control: auto` looks for a place; none: there is no control socket then. */
  readonly controlPaths?: readonly string[];
  /** Reads another file than the configuration's own, to be compared with what is at work; null: never. */
  readonly load?: (path: string) => Promise<LoadResult>;
  /** Descriptors of sockets that were bound for lb before it was started. */
  readonly inherited?: readonly number[];
}

/** Those of the services that a reload may exchange: whoever uses them reads them anew each time. */
type ChangingServices = Services & {
  trustedProxies: TrustedProxies;
  observer: ExchangeObserver;
  generation: number;
};

/** What algorithms take from the process; `custom` changes with the snapshot. */
interface AlgorithmSource {
  custom: CustomAlgorithms;
}

/**
 * The composition root: one configuration at work, and the way from each to the next. All that may fail comes before the
 * first change, and the changes are made in one turn of the event loop.
 */
export class Daemon {
  readonly reloads = new ReloadRecord();
  /** Reloads when somebody asks for it over the API; null where there is no file to be read. */
  reloader: (() => Promise<ReloadOutcome>) | null = null;
  readonly #surroundings: Surroundings;
  readonly #sockets: Sockets;
  readonly #services: ChangingServices;
  readonly #algorithms: AlgorithmSource;
  readonly #resolver: SystemResolver;
  readonly #discovery: Discovery;
  readonly #pools: RunningPools;
  readonly #listeners: RunningListeners;
  readonly #draining: Draining;
  readonly #health: Health;
  readonly #observers: TrafficObservers;
  readonly #metrics: RunningMetrics;
  readonly #state: KeptState;
  readonly #admin: RunningAdmin;
  readonly #changes: Changes<Staged>;
  #stopping = false;

  private constructor(loaded: Loaded, surroundings: Surroundings) {
    const clock = new TurnClock(systemClock);
    const wheel = new TimerWheel(clock);
    const { log } = surroundings.outputs;
    const { global } = loaded.snapshot;
    const { limits, trustedProxies, dns } = global;
    this.#surroundings = surroundings;
    this.#changes = new Changes(this.#changeable(), workOf(loaded, []));
    const of = { pools: () => this.pools, health: () => this.#health };
    const { outputs } = surroundings;
    this.#observers = new TrafficObservers(loaded.snapshot.global, {
      outputs,
      wheel,
      clock,
      ...of,
    });
    this.#services = {
      clock,
      wheel,
      buffers: new IoBuffers(),
      heads: new HeadPool(),
      limit: new ConnectionLimit(limits.maxConnections, limits.maxConnectionsPerIp),
      trustedProxies: new TrustedProxies(trustedProxies),
      requestIds: new RequestIds(fillRandom),
      observer: this.#observers.counters,
      connections: this.#observers.log,
      generation: this.reloads.generation,
    };
    const { buffers } = this.#services;
    const listener = new HealthLog(log);
    const random = seededRandom(Math.random() * 2 ** 32);
    this.#health = new Health({ wheel, clock, wallClock: Date.now, buffers, random, listener });
    this.#state = new KeptState({ owner: this.#kept(), clock, wheel, wallClock: Date.now, log });
    this.#resolver = new SystemResolver(dns);
    this.#discovery = makeDiscovery(
      { wheel, clock, random, resolver: this.#resolver },
      log,
      (change) => {
        this.#pools.readdress(change);
        this.#metrics.forgetGone();
      },
    );
    const algorithms = {
      custom: loaded.customAlgorithms,
      random,
      now: () => clock.now(),
      onFault: (algorithm: string, error: unknown) => {
        log.error({ algorithm, err: error }, 'algorithm failed: round robin picks in its place');
      },
      clock,
      wheel,
      defer: process.nextTick,
      discovery: this.#discovery,
    };
    this.#algorithms = algorithms;
    this.#draining = new Draining({ wheel, clock, log });
    this.#pools = new RunningPools(algorithms, this.#health, ({ backends, drainTimeoutMs }) => {
      for (const backend of backends) {
        this.#draining.addBackend(backend, drainTimeoutMs, () => this.listeners);
      }
    });
    this.#listeners = new RunningListeners(this.#services);
    this.#sockets = new Sockets({
      buffers,
      openFiles: surroundings.openFiles,
      watcherFor: (name) => this.#observers.log.acceptWatcher(name),
    });
    const measured = {
      version: surroundings.version,
      openFiles: surroundings.openFiles,
      listeners: this.#listeners,
      draining: this.#draining,
      pools: this.#pools,
      health: this.#health,
      discovery: this.#discovery,
      exchanges: this.#observers.counters,
      accessLog: this.#observers.accessLog,
      state: this.#state,
      reloads: this.reloads,
    };
    this.#metrics = new RunningMetrics(loaded.snapshot, measured, wheel);
    const operator = new LiveOperator(
      operatedOf({
        version: surroundings.version,
        log,
        limit: this.#services.limit,
        recent: this.#observers.recent,
        memory: this.#observers.memory,
        reloads: this.reloads,
        changes: this.#changes,
        waits: new IdleWaits(wheel),
        listeners: this.#listeners,
        pools: this.#pools,
        health: this.#health,
        draining: this.#draining,
        state: this.#state,
        load: surroundings.load ?? null,
        daemon: this,
      }),
    );
    this.#admin = new RunningAdmin({
      wheel,
      log,
      metrics: this.#metrics.source,
      operator,
      controlPaths: surroundings.controlPaths ?? [],
    });
  }

  #changeable(): Changeable<Staged> {
    const daemon = this;
    return {
      log: this.#surroundings.outputs.log,
      get stopping() {
        return daemon.#stopping;
      },
      stage: (snapshot) => this.#stage(snapshot),
      abort,
      become: (work, staged, modules) => this.#become(work, staged, modules),
      countGeneration: () => {
        this.#services.generation = ++this.reloads.generation;
      },
      changed: () => {
        this.#state.keep(this.snapshot.global.stateFile);
      },
    };
  }

  /** What the state file is about. */
  #kept(): StateOwner {
    const daemon = this;
    return {
      get backends() {
        return daemon.#health.backends;
      },
      get overlay() {
        return daemon.#changes.work.overlay;
      },
      restore: (known) => this.#health.restore(known),
    };
  }

  /**
   * Binds every listener, or none.
   *
   * @throws LbError LISTEN_FAILED
   */
  static async start(loaded: Loaded, surroundings: Surroundings): Promise<Daemon> {
    const daemon = new Daemon(loaded, surroundings);
    const { stateFile } = loaded.snapshot.global;
    const { overlay, restore } = await daemon.#state.read(stateFile);
    const { inherited = [], outputs } = surroundings;
    await daemon.#sockets.beginWith(inherited, outputs.log, () =>
      daemon.#changes.begin(workOf(loaded, overlay)),
    );
    restore();
    daemon.#state.keep(stateFile);
    daemon.#services.wheel.start();
    daemon.#health.start();
    daemon.#metrics.start();
    return daemon;
  }

  /** It has been asked to end. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get snapshot(): Snapshot {
    return this.#changes.work.snapshot;
  }

  /** Those that accept; in configuration order. */
  get listeners(): readonly RunningListener[] {
    return this.#listeners.all;
  }

  /** In configuration order. */
  get pools(): readonly Pool[] {
    return this.#pools.all;
  }

  /** Where /metrics and the rest are served; null when `admin: off`. */
  get adminAddress(): string | null {
    const { address } = this.#admin;
    return address === null ? null : formatAddress(address);
  }

  /** What `reload` would do. */
  plan(loaded: Loaded): Plan {
    return this.#changes.plan(loaded);
  }

  /**
   * Goes over to another configuration, when those who asked before have had their turns.
   *
   * @returns what has changed.
   * @throws LbError LISTEN_FAILED, OUTPUT_FAILED, STOPPING, BUSY: nothing has changed.
   */
  reload(loaded: Loaded): Promise<Plan> {
    return this.#changes.reload(loaded);
  }

  /** Opens all that a configuration needs and that is not open yet. */
  async #stage({ global, listeners, pools }: Snapshot): Promise<Staged> {
    const wishes = [...listeners, ...this.#admin.wishes(global)];
    const staged = await stage(this.#surroundings.outputs, this.#sockets, global, wishes);
    // Last, because it cannot fail: a name that does not resolve is a backend that is down.
    await this.#discovery.watch(addressesOf(pools));
    return staged;
  }

  /** Cannot fail: half a change would be worse than none. */
  #become(work: Work, staged: Staged, modules: ReadonlySet<string>): void {
    const { global, listeners, pools } = work.snapshot;
    const { sockets, outputs } = staged;
    outputs.commit();
    sockets.commit();
    this.#changeServices(global);
    this.#algorithms.custom = work.file.customAlgorithms;
    const before = new Set(this.listeners);
    this.#pools.replace(pools, modules);
    this.#discovery.retain(addressesOf(pools));
    const removed = this.#listeners.replace(listeners, this.#pools, sockets);
    this.#pools.settle();
    this.#admin.replace(global, sockets);
    this.#metrics.follow(work.snapshot);
    for (const listener of removed) this.#draining.addListener(listener, global.drainTimeoutMs);
    const { log } = this.#surroundings.outputs;
    for (const listener of this.listeners) {
      const { name, address } = listener;
      if (before.has(listener)) continue;
      log.info({ listener: name, address: formatAddress(address) }, 'listening');
    }
    warnAboutOpenFiles(work.snapshot, this.#surroundings.openFiles, log);
  }

  #changeServices(global: GlobalConfig): void {
    const { limits, trustedProxies, dns } = global;
    const services = this.#services;
    services.limit.max = limits.maxConnections;
    services.limit.maxPerIp = limits.maxConnectionsPerIp;
    services.trustedProxies = new TrustedProxies(trustedProxies);
    if (!isDeepStrictEqual(dns, this.#resolver.options)) {
      this.#resolver.options = dns;
      this.#discovery.refresh();
    }
    services.observer = this.#observers.under(global);
  }

  /** Hands over the lines that wait to be written together. */
  flushAccessLog(): void {
    this.#observers.accessLog.flush();
  }

  /**
   * Stops accepting, lets exchanges end, cuts what is left when time is up or `hurry` aborts. The admin listener stays
   * until then: that is when people look.
   *
   * @returns how many connections were cut.
   */
  async stop(hurry: AbortSignal): Promise<number> {
    this.#stopping = true;
    this.#draining.stop();
    await this.#sockets.letGo();
    const listeners = [...this.listeners, ...this.#draining.listeners];
    const { log } = this.#surroundings.outputs;
    const tell = (connections: number) => log.info({ connections }, 'draining');
    const cut = await shutDown(listeners, this.snapshot.global.shutdown, hurry, tell);
    for (const { backends } of this.pools) {
      for (const backend of backends) backend.idle.closeAll();
    }
    await this.#admin.close();
    this.#observers.accessLog.flush();
    await this.#metrics.stop();
    await this.#state.stop(); // while ejections still run, so that their rest can be written
    this.#health.stop();
    this.#discovery.stop();
    this.#services.wheel.stop();
    return cut;
  }
}

function addressesOf(pools: readonly PoolConfig[]): readonly Address[] {
  return pools.flatMap(({ backends }) => backends.map(({ address }) => address));
}

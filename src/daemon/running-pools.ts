import type { Backend } from '../backend/backend.ts';
import { ConfiguredAlgorithm } from '../balancing/configured.ts';
import type { PoolConfig, RouteConfig } from '../config/snapshot.ts';
import type { AddressChange } from '../discovery/discovery.ts';
import type { Address } from '../foundation/address.ts';
import type { Health } from '../health/health.ts';
import {
  compileRequestEdits,
  compileResponseEdits,
  type HeadPolicy,
} from '../middleware/head-policy.ts';
import type { Balancer } from '../pool/balancer.ts';
import type { Pool } from '../pool/pool.ts';
import { RequestKey } from '../protocol/request-key.ts';
import type { Route } from '../protocol/route.ts';
import { Router } from '../routing/router.ts';
import { type BuildServices, RunningPool } from './running-pool.ts';

/** Backends that get nothing new any more, and how long what they have may take. */
export interface Removal {
  readonly backends: readonly Backend[];
  readonly drainTimeoutMs: number;
}

/** The pools of a daemon and the routes that lead to them, with the health of their backends. */
export class RunningPools {
  readonly #services: BuildServices;
  readonly #health: Health;
  readonly #onRemoved: (removal: Removal) => void;
  #pools: ReadonlyMap<string, RunningPool> = new Map();
  /** Those that routes of the present generation have of their own. */
  #balancers = new Set<Balancer>();

  constructor(services: BuildServices, health: Health, onRemoved: (removal: Removal) => void) {
    this.#services = services;
    this.#health = health;
    this.#onRemoved = onRemoved;
  }

  /** In configuration order. */
  get all(): readonly Pool[] {
    return [...this.#pools.values()].map(({ pool }) => pool);
  }

  /**
   * Brings all pools to another generation. `router` for each listener follows, and then `settle`.
   *
   * @param newModules algorithms whose module has changed.
   */
  replace(configs: readonly PoolConfig[], newModules: ReadonlySet<string>): void {
    const before = this.#pools;
    this.#pools = new Map(
      configs.map((config) => [
        config.name,
        this.#bring(before.get(config.name), config, newModules),
      ]),
    );
    for (const [name, { pool, config }] of before) {
      if (this.#pools.has(name)) continue;
      this.#health.remove(pool);
      pool.retire();
      this.#onRemoved({ backends: pool.backends, drainTimeoutMs: config.drainTimeoutMs });
    }
    this.#balancers = new Set();
    // A route that goes by a changed module needs a new balancer, not the one that is configured alike.
    if (newModules.size > 0) this.settle();
  }

  /** Apart from a reload: brings the backends to the addresses that their name has now, as a reload would. */
  readdress({ host, moved }: AddressChange): void {
    for (const running of this.#pools.values()) {
      const { pool, config } = running;
      if (!config.backends.some(({ address }) => isAt(address, host))) continue;
      this.#changed(running, running.replaceBackends(config.backends));
      for (const { endpoint, idle } of pool.backends) if (moved.includes(endpoint)) idle.closeAll();
    }
    for (const health of this.#health.backends) {
      if (moved.includes(health.backend.endpoint)) health.resolve('its name has resolved');
    }
  }

  #bring(
    known: RunningPool | undefined,
    config: PoolConfig,
    newModules: ReadonlySet<string>,
  ): RunningPool {
    if (known === undefined) {
      const added = new RunningPool(config, this.#services);
      this.#health.add(added.pool, config);
      return added;
    }
    this.#changed(known, known.update(config, newModules));
    return known;
  }

  #changed({ pool, config }: RunningPool, removed: readonly Backend[]): void {
    this.#health.update(pool, config);
    if (removed.length === 0) return;
    this.#onRemoved({ backends: removed, drainTimeoutMs: config.drainTimeoutMs });
  }

  /** @param name of a pool that the present generation has. */
  pool(name: string): Pool {
    return this.#running(name).pool;
  }

  router(routes: readonly RouteConfig[], policy: HeadPolicy): Router<Route> {
    return new Router(
      routes.map((route) => ({ match: route.match, target: this.#route(route, policy) })),
    );
  }

  /** All routers are made: forgets balancers that no route has any more. */
  settle(): void {
    for (const { pool } of this.#pools.values()) pool.retainBalancers(this.#balancers);
  }

  #route(config: RouteConfig, policy: HeadPolicy): Route {
    const { pool, sticky } = this.#running(config.pool);
    const { algorithm } = config;
    const balancer =
      algorithm === null
        ? pool.balancer
        : pool.balancerFor(new ConfiguredAlgorithm(algorithm, this.#services));
    this.#balancers.add(balancer);
    const { key } = balancer.algorithm;
    return {
      name: config.name,
      pool,
      balancer,
      key: key === null ? null : new RequestKey(key),
      sticky,
      requestEdits: compileRequestEdits(config.requestHeaders, policy),
      responseEdits: compileResponseEdits(config.responseHeaders, policy),
    };
  }

  #running(name: string): RunningPool {
    const running = this.#pools.get(name);
    if (running === undefined)
      throw new Error(`Cannot find pool ${name}: the snapshot was not validated`);
    return running;
  }
}

function isAt(address: Address, host: string): boolean {
  return address.kind === 'tcp' && address.host === host;
}

import { Backend } from '../backend/backend.ts';
import type { AlgorithmConfig } from '../balancing/catalog.ts';
import { type AlgorithmServices, ConfiguredAlgorithm } from '../balancing/configured.ts';
import type {
  HttpListenerConfig,
  ListenerConfig,
  PoolConfig,
  RouteConfig,
} from '../config/snapshot.ts';
import { unreachable } from '../foundation/unreachable.ts';
import {
  compileRequestEdits,
  compileResponseEdits,
  type HeadPolicy,
} from '../middleware/head-policy.ts';
import type { PickerBuilder } from '../pool/balancer.ts';
import { Pool, type PoolServices } from '../pool/pool.ts';
import { HttpListener } from '../protocol/http1.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import { RequestKey } from '../protocol/request-key.ts';
import type { Route } from '../protocol/route.ts';
import type { Services } from '../protocol/services.ts';
import { TcpListener } from '../protocol/tcp.ts';
import { Router } from '../routing/router.ts';
import { StickySessions } from '../sticky/sticky-sessions.ts';

interface BuiltPool {
  readonly pool: Pool;
  /** null where clients are not kept at a backend. */
  readonly sticky: StickySessions | null;
}

/** What pools and their algorithms take from the process. */
export type BuildServices = PoolServices & AlgorithmServices;

/** Builds what a snapshot describes. */
export class Builder {
  readonly #services: BuildServices;
  readonly #pools: ReadonlyMap<string, BuiltPool>;

  constructor(configs: readonly PoolConfig[], services: BuildServices) {
    this.#services = services;
    this.#pools = new Map(configs.map((config) => [config.name, this.#buildPool(config)]));
  }

  /** By name. */
  get pools(): ReadonlyMap<string, Pool> {
    return new Map([...this.#pools].map(([name, { pool }]) => [name, pool]));
  }

  #buildPool(config: PoolConfig): BuiltPool {
    const { maxIdle } = config.connectionPool;
    const backends = config.backends.map(
      (backend) => new Backend(backend.name, config.name, backend.address, maxIdle, backend),
    );
    const algorithm = this.#algorithm(config.algorithm);
    const pool = new Pool(config.name, backends, config, this.#services, algorithm);
    const { sticky } = config;
    return {
      pool,
      sticky: sticky === null ? null : new StickySessions(config.name, backends, sticky),
    };
  }

  #algorithm(config: AlgorithmConfig): PickerBuilder {
    return new ConfiguredAlgorithm(config, this.#services);
  }

  /** @throws LbError LISTEN_FAILED */
  listen(config: ListenerConfig, services: Services): Promise<RunningListener> {
    switch (config.protocol) {
      case 'http':
        return HttpListener.listen(config, this.#router(config), services);
      case 'tcp':
        return TcpListener.listen(config, this.#pool(config.pool).pool, services);
      default:
        return unreachable(config);
    }
  }

  #router(config: HttpListenerConfig): Router<Route> {
    return new Router(
      config.routes.map((route) => ({
        match: route.match,
        target: this.#route(route, config.forwarding),
      })),
    );
  }

  #route(config: RouteConfig, policy: HeadPolicy): Route {
    const { pool, sticky } = this.#pool(config.pool);
    const { algorithm } = config;
    const balancer =
      algorithm === null ? pool.balancer : pool.balancerFor(this.#algorithm(algorithm));
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

  #pool(name: string): BuiltPool {
    const built = this.#pools.get(name);
    if (built === undefined)
      throw new Error(`Cannot find pool ${name}: the snapshot was not validated`);
    return built;
  }
}

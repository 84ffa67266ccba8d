import { Backend } from '../backend/backend.ts';
import { algorithms } from '../balancing/catalog.ts';
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
import { Pool } from '../pool/pool.ts';
import { HttpListener } from '../protocol/http1.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Route } from '../protocol/route.ts';
import type { Services } from '../protocol/services.ts';
import { TcpListener } from '../protocol/tcp.ts';
import { Router } from '../routing/router.ts';

/** The pools of a snapshot by name. */
export type Pools = ReadonlyMap<string, Pool>;

export function buildPools(configs: readonly PoolConfig[]): Pools {
  return new Map(configs.map((config) => [config.name, buildPool(config)]));
}

function buildPool(config: PoolConfig): Pool {
  const { name: algorithmName, ...options } = config.algorithm;
  const algorithm = algorithms.find(({ name }) => name === algorithmName);
  if (algorithm === undefined)
    throw new Error(`Cannot build pool ${config.name}: no ${algorithmName}`);
  const backends = config.backends.map(
    ({ name, address }) => new Backend(name, config.name, address, config.connectionPool.maxIdle),
  );
  return new Pool(config.name, backends, config, (eligible, previous) =>
    algorithm.build(eligible, options, {
      previous,
      random: Math.random,
      now: () => performance.now(),
    }),
  );
}

/** @throws LbError LISTEN_FAILED */
export function listen(
  config: ListenerConfig,
  pools: Pools,
  services: Services,
): Promise<RunningListener> {
  switch (config.protocol) {
    case 'http':
      return HttpListener.listen(config, buildRouter(config, pools), services);
    case 'tcp':
      return TcpListener.listen(config, poolNamed(pools, config.pool), services);
    default:
      return unreachable(config);
  }
}

function buildRouter(config: HttpListenerConfig, pools: Pools): Router<Route> {
  return new Router(
    config.routes.map((route) => ({
      match: route.match,
      target: buildRoute(route, config.forwarding, pools),
    })),
  );
}

function buildRoute(config: RouteConfig, policy: HeadPolicy, pools: Pools): Route {
  return {
    name: config.name,
    pool: poolNamed(pools, config.pool),
    requestEdits: compileRequestEdits(config.requestHeaders, policy),
    responseEdits: compileResponseEdits(config.responseHeaders, policy),
  };
}

function poolNamed(pools: Pools, name: string): Pool {
  const pool = pools.get(name);
  if (pool === undefined)
    throw new Error(`Cannot find pool ${name}: the snapshot was not validated`);
  return pool;
}

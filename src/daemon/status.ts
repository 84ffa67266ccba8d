import type {
  BackendStatus,
  Drift,
  Leaving,
  ListenerStatus,
  PoolStatus,
  RecentTraffic as RecentStatus,
  RouteStatus,
  Status,
} from '../api/status.ts';
import type { Backend } from '../backend/backend.ts';
import type { ListenerConfig, PoolConfig, RouteConfig, Snapshot } from '../config/snapshot.ts';
import { formatAddress } from '../foundation/address.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { Ordered } from '../health/facts.ts';
import type { ConnectionLimit } from '../listener/connection-limit.ts';
import type { RecentTraffic } from '../metrics/recent-traffic.ts';
import type { Pool } from '../pool/pool.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { ReloadRecord } from './reload-record.ts';

/** What a status tells about, at one moment. */
export interface StatusSources {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly nowMs: number;
  readonly whyNotReady: string | null;
  readonly snapshot: Snapshot;
  readonly listeners: readonly RunningListener[];
  readonly pools: readonly Pool[];
  readonly health: readonly BackendHealth[];
  readonly reloads: ReloadRecord;
  readonly limit: ConnectionLimit;
  readonly recent: RecentTraffic;
  readonly drift: readonly Drift[];
  readonly leaving: readonly Leaving[];
}

export function statusOf(sources: StatusSources): Status {
  const { snapshot, reloads, limit, whyNotReady, startedMs, nowMs } = sources;
  const running = new Map(sources.listeners.map((listener) => [listener.name, listener]));
  const configs = new Map(snapshot.pools.map((pool) => [pool.name, pool]));
  const health = new Map(sources.health.map((each) => [each.backend, each]));
  return {
    version: sources.version,
    pid: process.pid,
    started: time(startedMs),
    uptime_seconds: Math.max(0, Math.floor((nowMs - startedMs) / 1000)),
    state: whyNotReady === null ? 'ready' : 'not_ready',
    why: whyNotReady,
    generation: reloads.generation,
    reload: { succeeded: reloads.succeeded, ended: time(reloads.endedMs) },
    connections: { active: limit.active, max: limit.max },
    listeners: snapshot.listeners.map((config) => listenerStatus(config, running.get(config.name))),
    pools: sources.pools.map((pool) =>
      poolStatus(pool, configs.get(pool.name), health, sources.recent),
    ),
    drift: sources.drift,
    leaving: sources.leaving,
  };
}

function listenerStatus(
  config: ListenerConfig,
  running: RunningListener | undefined,
): ListenerStatus {
  return {
    name: config.name,
    protocol: config.protocol,
    bind: formatAddress(config.bind),
    address: formatAddress(running?.address ?? config.bind),
    connections: running?.connections ?? 0,
    max_connections: config.limits.maxConnections,
    routes:
      config.protocol === 'http'
        ? config.routes.map(routeStatus)
        : [{ name: config.pool, match: '', pool: config.pool }],
  };
}

function routeStatus({ name, match, pool }: RouteConfig): RouteStatus {
  const { hosts, path, methods, headers } = match;
  const parts = [
    `${hosts.join(',')}${path}`,
    methods.join(','),
    ...headers.map(([field, value]) => `${field}: ${value}`),
  ];
  return { name, match: parts.filter((part) => part !== '').join(' '), pool };
}

function poolStatus(
  pool: Pool,
  config: PoolConfig | undefined,
  health: ReadonlyMap<Backend, BackendHealth>,
  recent: RecentTraffic,
): PoolStatus {
  return {
    name: pool.name,
    algorithm: config?.algorithm.name ?? '',
    eligible: pool.eligible.length,
    queue: pool.queue.size,
    max_waiting: pool.options.queue.maxWaiting,
    recent: recentStatus(recent, pool.backends),
    backends: pool.backends.flatMap((backend) => {
      const known = health.get(backend);
      return known === undefined ? [] : [backendStatus(backend, known, recent)];
    }),
  };
}

export function backendStatus(
  backend: Backend,
  health: BackendHealth,
  recent: RecentTraffic,
): BackendStatus {
  const { state, why, sinceMs, ordered, ejections } = health;
  return {
    name: backend.name,
    address: formatAddress(backend.address),
    state,
    why,
    since: time(sinceMs),
    order: orderStatus(ordered),
    healthy: backend.healthy,
    eligible: backend.slot >= 0,
    weight: backend.configuredWeight,
    max_connections: backend.maxConnections,
    backup: backend.backup,
    in_flight: backend.active,
    requests: backend.requests,
    failures: [...backend.failures.values()].reduce((sum, count) => sum + count, 0),
    ejections,
    recent: recentStatus(recent, [backend]),
  };
}

function orderStatus({ value, who, why, sinceMs }: Ordered): BackendStatus['order'] {
  return who === null ? null : { order: value, who, why, since: time(sinceMs) };
}

function recentStatus(recent: RecentTraffic, backends: Iterable<Backend>): RecentStatus {
  const { perSecond, p50Ms, p99Ms } = recent.read(backends);
  return {
    per_second: rounded(perSecond),
    p50_ms: roundedOrNull(p50Ms),
    p99_ms: roundedOrNull(p99Ms),
  };
}

/** To three digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

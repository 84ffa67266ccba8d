import { stringify } from 'yaml';
import { formatAddress } from '../foundation/address.ts';
import { unreachable } from '../foundation/unreachable.ts';
import { describeAlgorithm } from './build-algorithm.ts';
import { describeCheck, describePassive } from './build-health.ts';
import type {
  ConfigDocument,
  GlobalDocument,
  HeaderEditsDocument,
  HttpListenerDocument,
  ListenerDocument,
  PoolDocument,
  RouteDocument,
  StickyDocument,
} from './config-document.ts';
import { describeRouteTest } from './route-tests.ts';
import type {
  AccessLogConfig,
  GlobalConfig,
  HeaderEditsConfig,
  HttpListenerConfig,
  ListenerConfig,
  PoolConfig,
  RouteConfig,
  Snapshot,
  StickyConfig,
} from './snapshot.ts';
import { escapeReferences } from './substitute.ts';
import { formatDuration, formatSize } from './units.ts';

/**
 * Writes the configuration as an lb.yaml that leaves nothing to defaults and parses to an equal snapshot.
 *
 * @param secrets `hidden`: what stands in their place is too short for one, so that nobody takes it for one.
 */
export function renderEffective(snapshot: Snapshot, secrets: 'hidden' | 'shown'): string {
  const document = describe(snapshot);
  const shown = secrets === 'shown' ? document : withoutSecrets(document);
  return stringify(escapeAll(shown), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What is shown of a secret. */
export const HIDDEN = '(secret)';

function withoutSecrets(document: ConfigDocument): ConfigDocument {
  const { admin } = document.global;
  const pools = Object.entries(document.pools).map(([name, pool]) => [
    name,
    pool.sticky?.secret === undefined
      ? pool
      : { ...pool, sticky: { ...pool.sticky, secret: HIDDEN } },
  ]);
  return {
    ...document,
    global: {
      ...document.global,
      admin: admin === 'off' || admin.token === undefined ? admin : { ...admin, token: HIDDEN },
    },
    pools: Object.fromEntries(pools),
  };
}

/** In the words of lb.yaml: no two different snapshots are described alike. */
export function describe(snapshot: Snapshot): ConfigDocument {
  return {
    global: describeGlobal(snapshot.global),
    listeners: snapshot.listeners.map(describeListener),
    pools: Object.fromEntries(snapshot.pools.map((pool) => [pool.name, describePool(pool)])),
    health_checks: {}, // each stands with the pools that name it
    tests: snapshot.tests.map(describeRouteTest),
  };
}

function describeGlobal(global: GlobalConfig): GlobalDocument {
  const { log, accessLog, admin, limits, shutdown } = global;
  return {
    log,
    access_log: describeAccessLog(accessLog),
    admin: admin === null ? 'off' : describeAdmin(admin),
    control: global.control ?? 'off',
    metrics: describeMetrics(global.metrics),
    limits: {
      max_connections: limits.maxConnections,
      max_connections_per_ip: limits.maxConnectionsPerIp,
    },
    why: { entries: global.why.entries, slow: formatDuration(global.why.slowMs) },
    state_file: global.stateFile ?? 'off',
    drain_timeout: formatDuration(global.drainTimeoutMs),
    shutdown: {
      delay: formatDuration(shutdown.delayMs),
      timeout: formatDuration(shutdown.timeoutMs),
    },
    trusted_proxies: global.trustedProxies,
    dns: global.dns,
  };
}

function describeAdmin({ bind, token }: NonNullable<GlobalConfig['admin']>) {
  return { bind: formatAddress(bind), ...(token === null ? {} : { token }) };
}

function describeAccessLog(log: AccessLogConfig): GlobalDocument['access_log'] {
  return {
    enabled: log.enabled,
    output: log.output,
    fields: log.fields,
    query: log.query,
    client_ip: log.clientIp,
    sample: `${log.samplePercent}%`,
    slow: formatDuration(log.slowMs),
  };
}

function describeMetrics({ prefix, statsd }: GlobalConfig['metrics']): GlobalDocument['metrics'] {
  if (statsd === null) return { prefix };
  return {
    prefix,
    statsd: {
      address: formatAddress(statsd.address),
      interval: formatDuration(statsd.intervalMs),
      prefix: statsd.prefix,
    },
  };
}

function describeListener(listener: ListenerConfig): ListenerDocument {
  switch (listener.protocol) {
    case 'http':
      return describeHttpListener(listener);
    case 'tcp':
      return {
        name: listener.name,
        bind: formatAddress(listener.bind),
        protocol: 'tcp',
        timeouts: { idle: formatDuration(listener.timeouts.idleMs) },
        limits: { max_connections: listener.limits.maxConnections },
        pool: listener.pool,
      };
    default:
      return unreachable(listener);
  }
}

function describeHttpListener(listener: HttpListenerConfig): HttpListenerDocument {
  const { timeouts, limits } = listener;
  return {
    name: listener.name,
    bind: formatAddress(listener.bind),
    protocol: 'http',
    timeouts: {
      header: formatDuration(timeouts.headerMs),
      body_stall: formatDuration(timeouts.bodyStallMs),
      write_stall: formatDuration(timeouts.writeStallMs),
      idle: formatDuration(timeouts.idleMs),
      tunnel_idle: formatDuration(timeouts.tunnelIdleMs),
    },
    limits: {
      max_connections: limits.maxConnections,
      header_bytes: formatSize(limits.headerBytes),
      header_count: limits.headerCount,
      target_bytes: formatSize(limits.targetBytes),
      body_bytes: formatSize(limits.bodyBytes),
      body_rate: formatSize(limits.bodyRate),
    },
    forwarding: describeForwarding(listener.forwarding),
    errors: { reason_header: listener.errors.reasonHeader },
    routes: listener.routes.map(describeRoute),
  };
}

function describeForwarding(
  forwarding: HttpListenerConfig['forwarding'],
): HttpListenerDocument['forwarding'] {
  return {
    x_forwarded_for: forwarding.xForwardedFor,
    x_forwarded_proto: forwarding.xForwardedProto,
    x_forwarded_host: forwarding.xForwardedHost,
    x_forwarded_port: forwarding.xForwardedPort,
    forwarded: forwarding.forwarded,
    request_id: forwarding.requestId,
    via: forwarding.via,
    server: forwarding.server,
  };
}

function describeRoute(route: RouteConfig): RouteDocument {
  const { hosts, path, methods, headers } = route.match;
  return {
    name: route.name,
    match: { host: hosts, path, methods, headers: Object.fromEntries(headers) },
    request_headers: describeEdits(route.requestHeaders),
    response_headers: describeEdits(route.responseHeaders),
    pool: route.pool,
    ...(route.algorithm === null ? {} : { algorithm: describeAlgorithm(route.algorithm) }),
  };
}

function describeEdits({ set, add, remove }: HeaderEditsConfig): HeaderEditsDocument {
  return { set: Object.fromEntries(set), add: Object.fromEntries(add), remove };
}

function describePool(pool: PoolConfig): PoolDocument {
  return {
    algorithm: describeAlgorithm(pool.algorithm),
    backends: pool.backends.map(({ name, address, weight, maxConnections, backup, resolve }) => ({
      name,
      address: formatAddress(address),
      weight,
      max_connections: maxConnections,
      backup,
      resolve,
    })),
    health_check: describeCheck(pool.healthCheck),
    passive_health: describePassive(pool.passiveHealth),
    retries: {
      attempts: pool.retries.attempts,
      budget: `${pool.retries.budgetPercent}%`,
      buffer: formatSize(pool.retries.bufferBytes),
      timeout: formatDuration(pool.retries.timeoutMs),
    },
    timeouts: {
      connect: formatDuration(pool.timeouts.connectMs),
      response_header: formatDuration(pool.timeouts.responseHeaderMs),
      response_stall: formatDuration(pool.timeouts.responseStallMs),
    },
    connection_pool: {
      max_idle: pool.connectionPool.maxIdle,
      idle: formatDuration(pool.connectionPool.idleMs),
    },
    queue: {
      max_waiting: pool.queue.maxWaiting,
      timeout: formatDuration(pool.queue.timeoutMs),
    },
    slow_start: formatDuration(pool.slowStartMs),
    drain_timeout: formatDuration(pool.drainTimeoutMs),
    when_all_down: pool.whenAllDown,
    ...(pool.sticky === null ? {} : { sticky: describeSticky(pool.sticky) }),
  };
}

function describeSticky(sticky: StickyConfig): StickyDocument {
  return {
    cookie: sticky.cookie,
    ttl: formatDuration(sticky.ttlMs),
    ...(sticky.secret === null ? {} : { secret: sticky.secret }),
    path: sticky.path,
    ...(sticky.domain === null ? {} : { domain: sticky.domain }),
    same_site: sticky.sameSite,
    secure: sticky.secure,
    http_only: sticky.httpOnly,
  };
}

/** A `${` in a value is literal by now; keys cannot hold one. */
function escapeAll(value: unknown): unknown {
  if (typeof value === 'string') return escapeReferences(value);
  if (Array.isArray(value)) return value.map(escapeAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escapeAll(inner)]));
}

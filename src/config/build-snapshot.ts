import { parseAddress } from '../foundation/address.ts';
import { buildAlgorithm } from './build-algorithm.ts';
import { buildCheck, buildPassive, type CheckSources } from './build-health.ts';
import { parseCidr } from './cidr.ts';
import type {
  BackendDocument,
  ConfigDocument,
  GlobalDocument,
  HeaderEditsDocument,
  HttpListenerDocument,
  ListenerDocument,
  PoolDocument,
  RouteDocument,
  StickyDocument,
} from './config-document.ts';
import { buildRouteTest } from './route-tests.ts';
import type {
  AccessLogConfig,
  BackendConfig,
  GlobalConfig,
  HeaderEditsConfig,
  HttpListenerConfig,
  ListenerConfig,
  PoolConfig,
  RouteConfig,
  Snapshot,
  StickyConfig,
} from './snapshot.ts';
import { parseDuration, parsePercentage, parseSize } from './units.ts';

/**
 * @param document checked: a value that cannot be read is a fault of the checks, and throws.
 * @param folder that the paths of modules start at.
 */
export function buildSnapshot(document: ConfigDocument, folder: string): Snapshot {
  const sources = {
    named: document.health_checks,
    folder,
    drainTimeout: document.global.drain_timeout,
  };
  return freeze({
    global: buildGlobal(document.global),
    listeners: document.listeners.map(buildListener),
    pools: Object.entries(document.pools).map(([name, pool]) => buildPool(name, pool, sources)),
    tests: (document.tests ?? []).map(buildRouteTest),
  });
}

function buildGlobal({ log, access_log, admin, ...rest }: GlobalDocument): GlobalConfig {
  return {
    log: { level: log.level, output: log.output },
    accessLog: buildAccessLog(access_log),
    admin: admin === 'off' ? null : { bind: address(admin.bind), token: admin.token ?? null },
    control: rest.control === 'off' ? null : rest.control,
    metrics: buildMetrics(rest.metrics),
    limits: {
      maxConnections: rest.limits.max_connections,
      maxConnectionsPerIp: rest.limits.max_connections_per_ip,
    },
    why: { entries: rest.why.entries, slowMs: duration(rest.why.slow) },
    stateFile: rest.state_file === 'off' ? null : rest.state_file,
    drainTimeoutMs: duration(rest.drain_timeout),
    shutdown: {
      delayMs: duration(rest.shutdown.delay),
      timeoutMs: duration(rest.shutdown.timeout),
    },
    trustedProxies: rest.trusted_proxies.map(cidr),
    dns: { servers: [...rest.dns.servers], family: rest.dns.family },
  };
}

function buildAccessLog(log: GlobalDocument['access_log']): AccessLogConfig {
  return {
    enabled: log.enabled,
    output: log.output,
    fields: [...log.fields],
    query: log.query,
    clientIp: log.client_ip,
    samplePercent: percentage(log.sample),
    slowMs: duration(log.slow),
  };
}

function buildMetrics({ prefix, statsd }: GlobalDocument['metrics']): GlobalConfig['metrics'] {
  if (statsd === undefined) return { prefix, statsd: null };
  const intervalMs = duration(statsd.interval);
  return {
    prefix,
    statsd: { address: address(statsd.address), intervalMs, prefix: statsd.prefix },
  };
}

function buildListener(listener: ListenerDocument): ListenerConfig {
  if (listener.protocol === 'http') return buildHttpListener(listener);
  return {
    name: listener.name ?? listener.bind,
    bind: address(listener.bind),
    protocol: 'tcp',
    timeouts: { idleMs: duration(listener.timeouts.idle) },
    limits: { maxConnections: listener.limits.max_connections },
    pool: listener.pool,
  };
}

function buildHttpListener(listener: HttpListenerDocument): HttpListenerConfig {
  const { timeouts, limits, pool, routes = [] } = listener;
  const headerBytes = size(limits.header_bytes);
  return {
    name: listener.name ?? listener.bind,
    bind: address(listener.bind),
    protocol: 'http',
    timeouts: {
      headerMs: duration(timeouts.header),
      bodyStallMs: duration(timeouts.body_stall),
      writeStallMs: duration(timeouts.write_stall),
      idleMs: duration(timeouts.idle),
      tunnelIdleMs: duration(timeouts.tunnel_idle),
    },
    limits: {
      maxConnections: limits.max_connections,
      headerBytes,
      headerCount: limits.header_count,
      // Only the default can be more than a head may have; a written one was checked.
      targetBytes: Math.min(size(limits.target_bytes), headerBytes),
      bodyBytes: size(limits.body_bytes),
      bodyRate: size(limits.body_rate),
    },
    forwarding: buildForwarding(listener.forwarding),
    errors: { reasonHeader: listener.errors.reason_header },
    routes: pool === undefined ? routes.map(buildRoute) : [routeOfPool(pool)],
  };
}

function buildForwarding(
  forwarding: HttpListenerDocument['forwarding'],
): HttpListenerConfig['forwarding'] {
  return {
    xForwardedFor: forwarding.x_forwarded_for,
    xForwardedProto: forwarding.x_forwarded_proto,
    xForwardedHost: forwarding.x_forwarded_host,
    xForwardedPort: forwarding.x_forwarded_port,
    forwarded: forwarding.forwarded,
    requestId: forwarding.request_id,
    via: forwarding.via,
    server: forwarding.server,
  };
}

function buildRoute(route: RouteDocument, index: number): RouteConfig {
  const { match } = route;
  return {
    name: route.name ?? defaultRouteName(index),
    match: {
      hosts: distinct([match.host].flat().map((host) => host.toLowerCase())),
      path: normalizePath(match.path),
      methods: distinct(match.methods.map((method) => method.toUpperCase())),
      headers: Object.entries(match.headers).map(([name, value]) => [name.toLowerCase(), value]),
    },
    requestHeaders: buildEdits(route.request_headers),
    responseHeaders: buildEdits(route.response_headers),
    pool: route.pool,
    algorithm: route.algorithm === undefined ? null : buildAlgorithm(route.algorithm),
  };
}

/** What `pool:` on an HTTP listener stands for. */
function routeOfPool(pool: string): RouteConfig {
  const none: HeaderEditsConfig = { set: [], add: [], remove: [] };
  return {
    name: pool,
    match: { hosts: [], path: '/', methods: [], headers: [] },
    requestHeaders: none,
    responseHeaders: none,
    pool,
    algorithm: null,
  };
}

function buildEdits({ set, add, remove }: HeaderEditsDocument): HeaderEditsConfig {
  return { set: Object.entries(set), add: Object.entries(add), remove: [...remove] };
}

/** What pools share with each other. */
interface PoolSources extends CheckSources {
  /** For pools without one of their own. */
  readonly drainTimeout: string;
}

function buildPool(name: string, pool: PoolDocument, sources: PoolSources): PoolConfig {
  return {
    name,
    algorithm: buildAlgorithm(pool.algorithm),
    backends: pool.backends.map(buildBackend),
    healthCheck: buildCheck(pool.health_check, sources),
    passiveHealth: buildPassive(pool.passive_health),
    retries: {
      attempts: pool.retries.attempts,
      budgetPercent: percentage(pool.retries.budget),
      bufferBytes: size(pool.retries.buffer),
      timeoutMs: duration(pool.retries.timeout),
    },
    timeouts: {
      connectMs: duration(pool.timeouts.connect),
      responseHeaderMs: duration(pool.timeouts.response_header),
      responseStallMs: duration(pool.timeouts.response_stall),
    },
    connectionPool: {
      maxIdle: pool.connection_pool.max_idle,
      idleMs: duration(pool.connection_pool.idle),
    },
    queue: {
      maxWaiting: pool.queue.max_waiting,
      timeoutMs: duration(pool.queue.timeout),
    },
    slowStartMs: duration(pool.slow_start),
    drainTimeoutMs: duration(pool.drain_timeout ?? sources.drainTimeout),
    whenAllDown: pool.when_all_down,
    sticky: pool.sticky === undefined ? null : buildSticky(pool.sticky),
  };
}

function buildSticky(sticky: StickyDocument): StickyConfig {
  return {
    cookie: sticky.cookie,
    ttlMs: duration(sticky.ttl),
    secret: sticky.secret ?? null,
    path: sticky.path,
    domain: sticky.domain ?? null,
    sameSite: sticky.same_site,
    secure: sticky.secure,
    httpOnly: sticky.http_only,
  };
}

function buildBackend(backend: BackendDocument): BackendConfig {
  if (typeof backend === 'string') {
    return {
      name: backend,
      address: address(backend),
      weight: 1,
      maxConnections: 0,
      backup: false,
      resolve: 'one',
    };
  }
  return {
    name: backend.name ?? backend.address,
    address: address(backend.address),
    weight: backend.weight,
    maxConnections: backend.max_connections,
    backup: backend.backup,
    resolve: backend.resolve,
  };
}

/** @param index from 0. */
export function defaultRouteName(index: number): string {
  return `route-${index + 1}`;
}

/** `/v1/` and `/v1` are the same prefix, since prefixes end at a segment. */
export function normalizePath(path: string): string {
  return path.replace(/\/+$/, '') || '/';
}

const address = (text: string) => required(parseAddress(text), text);
const duration = (text: string) => required(parseDuration(text), text);
const percentage = (text: string) => required(parsePercentage(text), text);
const size = (value: string | number) => required(parseSize(String(value)), value);

function cidr(text: string): string {
  const result = parseCidr(text);
  return required(result.ok ? result.canonical : null, text);
}

function required<T>(value: T | null, text: string | number): T {
  if (value === null) throw new Error(`Cannot build a snapshot: ${text} passed the checks unread`);
  return value;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** Freezes everything that can be reached from `value`, which nothing else holds yet. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}

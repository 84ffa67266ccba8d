import { expect } from 'vitest';
import { formatAddress } from '../../../../src/foundation/address.ts';
import type { Circuit } from '../../../../src/health/circuit.ts';
import { stickyToken } from '../../../../src/sticky/sticky-token.ts';
import type { KeyChange, Value } from './key-change.ts';
import type { LiveDaemon, Places } from './live-daemon.ts';

/** Looked up for each exchange, wait and retry: the same object for as long as the pool lives. */
const option = (
  key: string,
  to: unknown,
  of: (options: LiveDaemon['pool']['options']) => unknown,
  is: unknown,
): KeyChange => ({ key: `pools.NAME.${key}`, to, see: ({ pool }) => of(pool.options), is });

const ofBackend = (
  key: string,
  to: Value,
  see: (backend: LiveDaemon['backend']) => unknown,
  is: unknown,
): KeyChange => ({
  key: `pools.NAME.backends[].${key}`,
  to,
  see: ({ backend }) => see(backend),
  is,
});

/** Slow and eager, so that there is nothing to see but what a reload begins. */
const PROBE = {
  'pools.NAME.health_check.type': 'http',
  'pools.NAME.health_check.interval': '1h',
  'pools.NAME.health_check.timeout': '1h',
  'pools.NAME.health_check.unhealthy_threshold': 1,
  'pools.NAME.health_check.healthy_threshold': 1,
};
const TCP_PROBE = {
  ...PROBE,
  'pools.NAME.health_check.type': 'tcp',
  'pools.NAME.health_check.send': 'GET /sent HTTP/1.0\r\n\r\n',
};
/** Often, so that the next probes decide. */
const OFTEN = { ...PROBE, 'pools.NAME.health_check.interval': '100ms' };

const isHealthy = ({ backend }: LiveDaemon) => backend.healthy;
/** A field of the last probe. */
const probed =
  (of: (seen: LiveDaemon['probes'][number]) => unknown) =>
  ({ probes }: LiveDaemon) => {
    const last = probes.at(-1);
    return last === undefined ? null : of(last);
  };
const probe = (
  key: string,
  to: Value,
  see: KeyChange['see'],
  is: unknown,
  more: Partial<KeyChange> = {},
): KeyChange => ({ key: `pools.NAME.health_check.${key}`, to, with: PROBE, see, is, ...more });

const JUDGED = {
  'pools.NAME.backends': ({ app, other }: Places) => [{ name: 'one', address: app }, other],
  'pools.NAME.passive_health.max_ejection': '1h',
  'pools.NAME.passive_health.consecutive_failures': 1,
};
const judge = (
  key: string,
  [from, to]: readonly [Value, Value],
  see: KeyChange['see'],
  is: unknown,
): KeyChange => ({
  key: `pools.NAME.passive_health.${key}`,
  from,
  to,
  with: JUDGED,
  see,
  is,
  once: true,
});
/** One attempt at the first backend fails. */
const isEjected = ({ backend }: LiveDaemon) => {
  backend.watcher?.onFailure('connect_refused');
  return backend.ejected;
};
/** How long an ejection lasts at the most, in seconds. @param longMs one from before. */
const ejectionSeconds = (live: LiveDaemon, longMs: number) => {
  isEjected(live);
  const circuit = live.backend.watcher as Circuit; // the only watcher there is
  if (longMs > 0) circuit.resume({ remainingMs: longMs, level: 0 });
  return Math.round((circuit.ejection?.remainingMs ?? 0) / 1000);
};

/** What clients are told to come back with. */
const cookie = (key: string, to: Value, text: string, from?: Value): KeyChange => ({
  key: `pools.NAME.sticky.${key}`,
  ...(from === undefined ? {} : { from }),
  to,
  see: async (live) => {
    const lines = (await live.ask()).headers['set-cookie'] ?? [];
    return lines.some((line) => line.includes(text));
  },
  is: true,
});

export const poolKeys: readonly KeyChange[] = [
  {
    key: 'pools.NAME.algorithm',
    to: 'least_connections',
    see: ({ pool }) => pool.balancer.algorithm.id,
    is: expect.stringContaining('least_connections'),
  },
  {
    key: 'pools.NAME.backends',
    to: ({ app, other }: Places) => [app, other],
    see: ({ pool }) => pool.eligible.length,
    is: 2,
  },
  ofBackend('name', 'first', ({ name }) => name, 'first'),
  ofBackend('address', '127.0.0.1:1', ({ address }) => formatAddress(address), '127.0.0.1:1'),
  ofBackend('weight', 7, ({ weight }) => weight, 7),
  ofBackend('max_connections', 7, ({ maxConnections }) => maxConnections, 7),
  ofBackend('backup', true, ({ backup }) => backup, true),
  {
    ...ofBackend('resolve', 'all', ({ address }) => formatAddress(address), '127.0.0.1:1'),
    with: { 'pools.NAME.backends[].address': 'localhost:1', 'global.dns.family': 'ipv4' },
  },
  probe('type', 'http', ({ probes }) => probes.length, 1, {
    with: { ...TCP_PROBE, 'pools.NAME.health_check.send': undefined },
  }),
  probe('interval', '100ms', ({ probes }) => probes.length >= 3, true),
  probe('timeout', '50ms', isHealthy, false, {
    from: '1h',
    // Nobody answers to half a request.
    with: {
      ...TCP_PROBE,
      'pools.NAME.health_check.send': 'GET',
      'pools.NAME.health_check.expect': 'x',
    },
  }),
  probe('unhealthy_threshold', 1, isHealthy, false, {
    from: 1000,
    with: { ...OFTEN, 'pools.NAME.health_check.expected_codes': ['500'] },
  }),
  probe('healthy_threshold', 1, isHealthy, true, {
    from: 1000,
    with: OFTEN,
    prepare: async (live) => {
      live.app.status = 500;
      await expect.poll(() => isHealthy(live)).toBe(false);
      live.app.status = 200;
    },
  }),
  probe(
    'send',
    'GET /sent HTTP/1.0\r\n\r\n',
    ({ app }) => app.seen.some(({ url }) => url === '/sent'),
    true,
    {
      with: {
        ...TCP_PROBE,
        'pools.NAME.health_check.expect': 'HTTP',
        'pools.NAME.health_check.timeout': '2s',
      },
      from: 'GET / HTTP/1.0\r\n\r\n',
    },
  ),
  probe('expect', 'SSH', isHealthy, false, { from: 'HTTP', with: TCP_PROBE }),
  probe(
    'method',
    'HEAD',
    probed(({ method }) => method),
    'HEAD',
  ),
  probe(
    'path',
    '/health',
    probed(({ url }) => url),
    '/health',
  ),
  probe(
    'host',
    'app.test',
    probed(({ headers }) => headers.host),
    'app.test',
  ),
  probe(
    'headers',
    { 'x-probe': 'yes' },
    probed(({ headers }) => headers['x-probe']),
    'yes',
  ),
  probe(
    'body',
    'are you well?',
    probed(({ body }) => body),
    'are you well?',
  ),
  probe('expected_codes', ['500'], isHealthy, false),
  probe('expected_body', 'nothing like it', isHealthy, false),
  probe('expected_body_regex', '^nothing like it$', isHealthy, false),
  judge('consecutive_failures', [1000, 1], isEjected, true),
  judge('ejection', ['1h', '50s'], (live) => ejectionSeconds(live, 0), 50),
  judge('max_ejection', ['1h', '50s'], (live) => ejectionSeconds(live, 3_600_000), 50),
  judge('min_healthy', [2, 0], isEjected, true),
  judge('count_5xx', [false, true], ({ backend }) => backend.watched, true),
  judge('count_slower_than', ['0s', '1s'], ({ backend }) => backend.watched, true),
  option('retries.attempts', 7, ({ retries }) => retries.attempts, 7),
  option('retries.budget', '7%', ({ retries }) => retries.budgetPercent, 7),
  option('retries.buffer', '7KiB', ({ retries }) => retries.bufferBytes, 7168),
  option('retries.timeout', '7s', ({ retries }) => retries.timeoutMs, 7000),
  option('timeouts.connect', '7s', ({ timeouts }) => timeouts.connectMs, 7000),
  option('timeouts.response_header', '7s', ({ timeouts }) => timeouts.responseHeaderMs, 7000),
  option('timeouts.response_stall', '7s', ({ timeouts }) => timeouts.responseStallMs, 7000),
  option('connection_pool.idle', '7s', ({ connectionPool }) => connectionPool.idleMs, 7000),
  {
    key: 'pools.NAME.connection_pool.max_idle',
    to: 0,
    see: async (live) => {
      await live.ask();
      return live.backend.idle.size;
    },
    is: 0,
    prepare: (live) => live.backend.idle.closeAll(),
  },
  option('queue.max_waiting', 7, ({ queue }) => queue.maxWaiting, 7),
  option('queue.timeout', '7s', ({ queue }) => queue.timeoutMs, 7000),
  {
    ...option('slow_start', '7s', ({ slowStartMs }) => slowStartMs, 7000),
    with: { 'pools.NAME.algorithm': 'weighted_round_robin' },
  },
  option('when_all_down', 'try_all', ({ whenAllDown }) => whenAllDown, 'try_all'),
  {
    key: 'pools.NAME.drain_timeout',
    to: '7s',
    see: ({ daemon }) => daemon.snapshot.pools[0]?.drainTimeoutMs, // read when a backend is removed
    is: 7000,
  },
  cookie('cookie', 'other', 'other='),
  cookie('ttl', '1h', 'Max-Age=3600'),
  cookie('secret', 'b'.repeat(32), stickyToken('b'.repeat(32), 'app', 'one')),
  cookie('path', '/app', 'Path=/app'),
  cookie('domain', 'lb.test', 'Domain=lb.test'),
  cookie('same_site', 'strict', 'SameSite=Strict'),
  cookie('secure', 'always', 'Secure'),
  cookie('http_only', true, 'HttpOnly', false),
];

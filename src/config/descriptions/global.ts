import type { Descriptions } from './description.ts';

/** The keys of `global`. */
export const globalDescriptions: Descriptions = {
  global: { meaning: 'What concerns lb as a whole.' },
  'global.log': { meaning: 'Life-cycle lines of lb itself.' },
  'global.log.level': {
    meaning: 'How much is logged; `error` least. What each level adds: [logs.md](logs.md).',
    example: 'debug',
  },
  'global.log.output': { meaning: 'Where life-cycle lines go.', example: '/var/log/lb/lb.log' },
  'global.access_log': { meaning: 'The line that lb writes for each request or session.' },
  'global.access_log.enabled': { meaning: 'One line per request.', example: 'false' },
  'global.access_log.output': {
    meaning: 'Where these lines go.',
    example: '/var/log/lb/access.log',
  },
  'global.access_log.fields': {
    meaning:
      'Which fields a line has, of those in [logs.md](logs.md); their order is always the one there. `[]`: all.',
    example: '[time, client_ip, method, path, status, reason, duration_ms]',
    type: 'list of fields',
  },
  'global.access_log.query': {
    meaning: 'What a line tells of the query: all, only the names (`q=***`), or nothing.',
    example: 'redact',
  },
  'global.access_log.client_ip': {
    meaning: '`anonymous`: only the network, /24 of IPv4, /48 of IPv6.',
    example: 'anonymous',
  },
  'global.access_log.sample': {
    meaning: 'How many lines are written. Failures and what is slow always are.',
    example: '10%',
  },
  'global.access_log.slow': {
    meaning: 'From which duration on that is; 0: nothing is slow.',
    example: '500ms',
  },
  'global.admin': {
    meaning: '`admin: off` serves no admin address.',
    example: 'off',
    default: 'on',
  },
  'global.admin.bind': {
    meaning: 'Health and metrics of lb itself. Keep it on loopback.',
    example: '127.0.0.1:9902',
  },
  'global.admin.token': {
    meaning:
      'What changes over this address need, as `Authorization: Bearer TOKEN`. Without one they are refused. On an address that is not loopback `/api/v1` needs it for reading, too. Better `token_file`. See [operations.md](operations.md).',
    example: 'an-example-of-16-or-more-characters',
  },
  'global.control': {
    meaning:
      'The Unix socket (mode 0600) that `lb status`, `lb drain` and the like talk to. `auto`: `lb.sock` in the first of `$RUNTIME_DIRECTORY`, `/run/lb` and `$XDG_RUNTIME_DIR` that lb may write to; if there is none, there is no socket.',
    example: '/run/lb/web.sock',
  },
  'global.metrics': { meaning: 'How metrics are named, and where they are sent.' },
  'global.metrics.prefix': {
    meaning: 'What the names of metrics begin with in `/metrics`, such as `lb_`.',
    example: 'lb_',
  },
  'global.metrics.statsd': { meaning: 'Sends metrics by StatsD, too. Left out: it does not.' },
  'global.metrics.statsd.address': {
    meaning:
      'Where metrics are sent by StatsD over UDP. Without `statsd` they are not. [metrics.md](metrics.md) has the format.',
    example: '127.0.0.1:8125',
  },
  'global.metrics.statsd.interval': { meaning: 'How often.', example: '60s' },
  'global.metrics.statsd.prefix': {
    meaning: 'What their names begin with, before a dot.',
    example: 'lb.eu-1',
  },
  'global.limits': { meaning: 'Limits over all listeners.' },
  'global.limits.max_connections': {
    meaning: "Client connections over all listeners; further ones wait in the kernel's queue.",
    example: '50000',
  },
  'global.limits.max_connections_per_ip': {
    meaning: 'Client connections of one address; 0: no limit.',
    example: '100',
  },
  'global.state_file': {
    meaning:
      "Where the health of backends and people's orders are kept, so that they survive a restart. lb must be allowed to write to its folder. See [operations.md](operations.md).",
    example: '/var/lib/lb/state.json',
  },
  'global.drain_timeout': {
    meaning:
      'How long WebSockets and TCP sessions may last when their backend or listener is removed, or their backend is ordered to drain; then they are closed, spread over ten seconds.',
    example: '1h',
  },
  'global.why': { meaning: 'What `lb why` can be asked about.' },
  'global.why.entries': {
    meaning:
      'How many requests `lb why` remembers: those that failed, were refused, tried again or slow. Half of them are for failures of backends and of lb, half for the others. 0.5 KiB each as a rule, 4 KiB at most; 0: none.',
    example: '5000',
  },
  'global.why.slow': {
    meaning:
      'A request that takes this long is remembered though nothing failed. Not for WebSockets and TCP sessions.',
    example: '500ms',
  },
  'global.shutdown': { meaning: 'How lb ends.' },
  'global.shutdown.delay': {
    meaning: 'After SIGTERM: how long lb still accepts while it says that it is not ready.',
    example: '5s',
  },
  'global.shutdown.timeout': {
    meaning: 'Then: how long running exchanges may take before they are cut.',
    example: '50s',
  },
  'global.trusted_proxies': {
    meaning:
      'Whose `X-Forwarded-*`, `Forwarded` and `X-Request-ID` fields are believed: `10.0.0.0/8`, `fd00::/8`, or one address.',
    example: '[10.0.0.0/8]',
  },
  'global.dns': { meaning: 'How the names of backends are resolved.' },
  'global.dns.servers': {
    meaning:
      'Who resolves the names of backends: `10.0.0.53`, `10.0.0.53:5353`, `"[::1]:5353"`. `[]`: as this machine does. See [discovery.md](discovery.md).',
    example: '[10.0.0.53]',
  },
  'global.dns.family': { meaning: 'Which addresses of a name are used.', example: 'ipv4' },
};

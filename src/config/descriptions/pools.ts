import type { Descriptions } from './description.ts';

/** The keys of `pools`, but for how their health is judged. */
export const poolDescriptions: Descriptions = {
  pools: { meaning: 'Groups of backends, by name.' },
  'pools.NAME.algorithm': {
    meaning: 'How the next backend is chosen: see below.',
    example: '{ name: consistent_hash, key: path }',
    type: 'algorithm, or map with its name and options',
  },
  'pools.NAME.backends': {
    meaning: 'A backend is an address, or a map with the keys below.',
    example: '[10.0.0.11:3000, { address: 10.0.0.12:3000, weight: 2 }]',
  },
  'pools.NAME.backends[].name': {
    meaning: 'Unique in the pool.',
    example: 'web-1',
    default: 'the text of `address`',
  },
  'pools.NAME.backends[].address': {
    meaning: 'Where it listens. Once per pool.',
    example: '10.0.0.11:3000',
  },
  'pools.NAME.backends[].weight': {
    meaning:
      "Its share of new traffic beside the others'. 0: none, but it keeps its sticky clients. Weights that differ need an algorithm that goes by them.",
    example: '3',
  },
  'pools.NAME.backends[].max_connections': {
    meaning:
      'Requests (HTTP) or sessions (TCP) it has at once at most; 0: no limit. What is over goes to others, then waits.',
    example: '200',
  },
  'pools.NAME.backends[].backup': {
    meaning: 'Gets traffic only while no other backend may.',
    example: 'true',
  },
  'pools.NAME.backends[].resolve': {
    meaning:
      "For an address that is a name. `one`: one backend, at one of the name's addresses. `all`: one backend for each of them, named `NAME@ADDRESS`, each with the settings beside it. See [discovery.md](discovery.md).",
    example: 'all',
  },
  'pools.NAME.retries': { meaning: 'What happens to a request whose backend fails.' },
  'pools.NAME.retries.attempts': {
    meaning: 'Further attempts after the first, each on another backend: [retries.md](retries.md).',
    example: '1',
  },
  'pools.NAME.retries.budget': {
    meaning:
      'How many of the requests in flight may be retries that make backends work twice; three per backend are always allowed.',
    example: '50%',
  },
  'pools.NAME.retries.buffer': {
    meaning:
      'How much of a request body is kept so that an idempotent request can be sent again; 0: none.',
    example: '256KiB',
  },
  'pools.NAME.retries.timeout': {
    meaning: "No retry begins later than this after the request's first byte.",
    example: '10s',
  },
  'pools.NAME.timeouts': { meaning: 'How long a backend may take.' },
  'pools.NAME.timeouts.connect': { meaning: 'To connect to a backend.', example: '1s' },
  'pools.NAME.timeouts.response_header': {
    meaning: 'From the whole request sent to the whole response head received.',
    example: '10s',
  },
  'pools.NAME.timeouts.response_stall': {
    meaning: 'Longest pause within a response body.',
    example: '30s',
  },
  'pools.NAME.connection_pool': { meaning: 'Connections that are kept for the next request.' },
  'pools.NAME.connection_pool.max_idle': {
    meaning: 'Idle connections kept per backend.',
    example: '64',
  },
  'pools.NAME.connection_pool.idle': {
    meaning:
      'How long one is kept; less where lb has learned that the backend closes it earlier: [retries.md](retries.md).',
    example: '30s',
  },
  'pools.NAME.queue': { meaning: 'Where requests wait while every backend is full.' },
  'pools.NAME.queue.max_waiting': {
    meaning:
      'Requests and sessions that may wait while every backend has reached its `max_connections`. Further ones get 503 `queue_full`.',
    example: '100',
  },
  'pools.NAME.queue.timeout': {
    meaning: 'How long one may wait; then it gets 503 `queue_timeout`.',
    example: '2s',
  },
  'pools.NAME.slow_start': {
    meaning:
      'Over this time a backend that has come back, or is new, is raised from a tenth of its weight to the whole, in ten steps. Not when lb starts. Needs an algorithm that goes by weights.',
    example: '30s',
  },
  'pools.NAME.drain_timeout': {
    meaning: 'The same for backends that were removed from this pool.',
    example: '1h',
    default: 'that of `global`',
  },
  'pools.NAME.when_all_down': {
    meaning:
      'When no backend is well, backups included: answer 503 at once; try all of them; or try the backups.',
    example: 'try_all',
  },
  'pools.NAME.sticky': {
    meaning: 'Keeps each client with the backend that answered it first, by a cookie.',
  },
  'pools.NAME.sticky.cookie': {
    meaning: 'Its name, which the application must not use itself.',
    example: 'session',
    type: "1 to 64 letters, digits or any of ``!#$%&'*+.^_`\\|~-``",
  },
  'pools.NAME.sticky.ttl': {
    meaning: 'How long it lasts from when it is set; not renewed. `0s`: until the browser closes.',
    example: '8h',
  },
  'pools.NAME.sticky.secret': {
    meaning:
      'Signs its value; the same on every lb. Without one the value is a digest of names, which can be guessed. Best as `secret_file`.',
    example: 'an-example-of-16-or-more-characters',
    default: 'none',
  },
  'pools.NAME.sticky.path': { meaning: 'Below which path clients send it.', example: '/app' },
  'pools.NAME.sticky.domain': {
    meaning: 'Clients send it to this host and every one below.',
    example: 'example.com',
    default: 'the host that was asked',
  },
  'pools.NAME.sticky.same_site': {
    meaning: 'Whether requests that other sites cause carry it.',
    example: 'strict',
  },
  'pools.NAME.sticky.secure': {
    meaning: 'Whether clients send it by https only; `auto`: those that came by https.',
    example: 'always',
  },
  'pools.NAME.sticky.http_only': { meaning: 'Hides it from scripts.', example: 'false' },
};

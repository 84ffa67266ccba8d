import fc from 'fast-check';

/** A small valid lb.yaml as data: few names and values, so that two of them have much in common. */
export type DrawnConfig =
  ReturnType<typeof configuration> extends fc.Arbitrary<infer T> ? T : never;

const POOLS = ['one', 'two', 'three'] as const;
const maybe = <T>(inner: fc.Arbitrary<T>) => fc.option(inner, { nil: undefined, freq: 2 });

const backend = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  address: fc.constantFrom('127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3', '127.0.0.1:4'),
  weight: fc.constantFrom(0, 1, 3),
  max_connections: fc.constantFrom(0, 5),
  backup: fc.boolean(),
});

const pool = fc.record({
  backends: fc.uniqueArray(backend, {
    minLength: 1,
    maxLength: 3,
    comparator: (one, other) => one.name === other.name || one.address === other.address,
  }),
  algorithm: fc.constantFrom('weighted_round_robin', 'weighted_random', 'consistent_hash'),
  retries: maybe(fc.record({ attempts: fc.nat(2) })),
  timeouts: maybe(fc.record({ connect: fc.constantFrom('1s', '2s') })),
  connection_pool: maybe(fc.record({ max_idle: fc.constantFrom(0, 9) })),
  queue: maybe(fc.record({ max_waiting: fc.constantFrom(0, 7) })),
  drain_timeout: maybe(fc.constantFrom('1s', '1m')),
  when_all_down: fc.constantFrom('fail_fast', 'try_all', 'backup'),
  passive_health: maybe(fc.constantFrom('off', { ejection: '7s' })),
  sticky: maybe(fc.record({ cookie: fc.constantFrom('x', 'y') })),
});

const route = fc.record({
  name: fc.constantFrom('r', 's', 't'),
  pool: fc.nat(2),
  path: fc.constantFrom('/', '/api', '/api/v1'),
  host: maybe(fc.constantFrom('a.test', '*.test')),
  response_headers: maybe(fc.constant({ set: { 'X-Way': 'this' } })),
  algorithm: maybe(fc.constant('consistent_hash')),
});

const listener = fc.record({
  protocol: fc.constantFrom('http', 'http', 'tcp'),
  routes: fc.uniqueArray(route, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
  timeouts: maybe(fc.constantFrom({ idle: '5s' }, { idle: '7s' })),
  limits: maybe(fc.record({ max_connections: fc.constantFrom(0, 11) })),
  errors: maybe(fc.constant({ reason_header: false })),
});

export function configuration() {
  return fc.record({
    pools: fc.array(pool, { minLength: 1, maxLength: 3 }),
    /** By their place, which also names and binds them. */
    listeners: fc.array(fc.option(listener, { freq: 3 }), { minLength: 3, maxLength: 3 }),
    global: fc.record({
      limits: maybe(fc.record({ max_connections: fc.constantFrom(5, 6) })),
      trusted_proxies: maybe(fc.constantFrom(['10.0.0.0/8'], ['::1'])),
      access_log: maybe(fc.record({ enabled: fc.boolean() })),
      admin: fc.boolean(),
    }),
  });
}

/**
 * The text of lb.yaml, in JSON.
 *
 * @param folder of the sockets that listeners and admin are bound to.
 */
export function configText({ pools, listeners, global }: DrawnConfig, folder = '/run'): string {
  const hasTcp = listeners.some((each) => each?.protocol === 'tcp');
  const poolAt = (index: number) => POOLS[index % pools.length];
  const bind = (name: string) => `unix:${folder}/${name}.sock`;
  const drawn = listeners.flatMap((each, index): object[] => {
    if (each === null && index > 0) return []; // the first is always there
    const { protocol, routes, errors, ...rest } = each ?? { protocol: 'http', routes: [] };
    const name = `listener-${index}`;
    const [first] = routes;
    const own = { ...rest, name, protocol, bind: bind(name) };
    if (protocol === 'tcp' || first === undefined) {
      return [{ ...own, pool: poolAt(first?.pool ?? 0) }];
    }
    return [
      {
        ...own,
        errors,
        routes: routes.map(({ path, host, pool: number, ...more }, order) => ({
          ...more,
          pool: poolAt(number),
          // No two routes may take the same requests.
          match: { path, host, headers: { 'x-route': String(order) } },
        })),
      },
    ];
  });
  return JSON.stringify({
    global: { ...global, admin: global.admin ? { bind: bind('admin') } : 'off' },
    listeners: drawn,
    pools: Object.fromEntries(
      pools.map(({ sticky, ...each }, index) => [
        POOLS[index],
        {
          ...each,
          // TCP has no cookies, and two pools of one host must not have the same.
          sticky: hasTcp || sticky === undefined ? undefined : { cookie: sticky.cookie + index },
          health_check: 'off',
        },
      ]),
    ),
  });
}

import { describe, expect, it } from 'vitest';
import type { BackendStatus, Status } from '../../../src/api/status.ts';
import { renderStatus } from '../../../src/cli/render-status.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

function backend(name: string, facts: Partial<BackendStatus> = {}): BackendStatus {
  return {
    name,
    address: '10.0.0.1:3000',
    state: 'up',
    why: 'as configured',
    since: before(30),
    order: null,
    healthy: true,
    eligible: true,
    weight: 1,
    max_connections: 0,
    backup: false,
    in_flight: 0,
    requests: 0,
    failures: 0,
    ejections: 0,
    recent: { per_second: 0, p50_ms: null, p99_ms: null },
    ...facts,
  };
}

const order = { order: 'draining', who: 'ann@host', why: 'new disk', since: before(200) } as const;

const status: Status = {
  version: '0.1.0',
  pid: 4711,
  started: before(7300),
  uptime_seconds: 7300,
  state: 'ready',
  why: null,
  generation: 7,
  reload: { succeeded: false, ended: before(300) },
  connections: { active: 12, max: 10_000 },
  listeners: [
    {
      name: 'web',
      protocol: 'http',
      bind: ':8080',
      address: ':8080',
      connections: 12,
      max_connections: 0,
      routes: [
        { name: 'api', match: '*.example.com/v1 GET,POST', pool: 'app' },
        { name: 'route-2', match: '/'.padEnd(120, 'x'), pool: 'app' },
      ],
    },
  ],
  pools: [
    {
      name: 'app',
      algorithm: 'power_of_two',
      eligible: 1,
      queue: 3,
      max_waiting: 1000,
      recent: { per_second: 130, p50_ms: 1.2, p99_ms: 80 },
      backends: [
        backend('one', {
          in_flight: 4,
          recent: { per_second: 120.4, p50_ms: 1.19, p99_ms: 12_400 },
        }),
        backend('a-name-that-is-longer-than-its-column', {
          state: 'draining',
          why: 'new disk',
          order,
        }),
        backend('three', {
          state: 'down',
          why: 'connect: refused',
          ejections: 2,
          since: before(90_000),
        }),
      ],
    },
  ],
  drift: [{ kind: 'order', pool: 'app', backend: 'two', what: 'draining', ...order }],
  leaving: [{ kind: 'backend', name: 'app/old', in_flight: 2 }],
};

describe('lb status', () => {
  it('tells at a glance what is how', () => {
    expect(renderStatus(status, false, NOW)).toBe(`lb 0.1.0  ready  up 2h  pid 4711
generation 7, last reload failed 5m ago, 12 of 10000 connections

LISTENER                ADDRESS                       PROTOCOL   CONNECTIONS
web                     :8080                         http                12
  *.example.com/v1 GET,POST → app  (api)
  /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…

POOL app  1 of 3 take new traffic, power_of_two, 3 wait
  BACKEND                STATE        WEIGHT ACTIVE   REQ/S    P50    P99  SINCE
  one                    up                1      4     120  1.2ms    12s    30s
  a-name-that-is-longer… draining          1      0       -      -      -    30s
      new disk (ann@host)
  three                  down              1      0       -      -      -    25h
      connect: refused; ejected 2 times so far

OTHER THAN THE FILE  lb reset POOL/BACKEND undoes it
  app/two: draining (ann@host, 3m ago): new disk

DRAINING
  backend app/old: 2 in flight
`);
  });

  it('colours what needs a look, and says the same', () => {
    const colored = renderStatus(status, true, NOW);
    expect(colored).toContain('\u001b[31mdown');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderStatus(status, false, NOW));
  });

  it('lets nobody write to the terminal', () => {
    const why = 'oops \u001b[2J\u202e\n';
    const down = { ...status.pools[0]!, backends: [backend('\u001bc', { state: 'down', why })] };
    expect(renderStatus({ ...status, pools: [down] }, false, NOW)).toContain(
      '\n      oops ·[2J··\n',
    );
  });

  it('fits 80 columns', () => {
    const why = 'no pool has a backend that may be given traffic';
    const text = renderStatus({ ...status, why }, false, NOW);
    expect(text).toContain(`not ready for traffic: ${why}`);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CountingClient, type Outcome } from '../helpers/counting-client.ts';
import { type Metrics, readMetrics } from '../helpers/metrics.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { type Lb, type Line, startLb } from '../helpers/start-lb.ts';

// Ten thousand requests of which every failure is known beforehand: clients, access log and metrics must agree on each.

const CUT = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello';

/** A backend that says how often it was asked. */
async function startCountedBackend() {
  const counted = { address: '', requests: 0 };
  const backend = await startHttpBackend((request, response) => {
    counted.requests++;
    const status = Number(/^\/status\/(\d+)$/.exec(request.url ?? '')?.[1] ?? 200);
    request.resume().on('end', () => response.writeHead(status).end(`told ${status}`));
  });
  counted.address = backend.address;
  return counted;
}

/** Every kind of backend, each behind a route and a pool of its own. */
async function startSubject() {
  const [one, two, told] = [
    await startCountedBackend(),
    await startCountedBackend(),
    await startCountedBackend(),
  ];
  const refusing = await startBackend({ kind: 'refuse' });
  const resetting = await startBackend({ kind: 'reset' });
  const stalling = await startBackend({ kind: 'stall' });
  const left = await startBackend({ kind: 'stall' });
  const cutting = await startBackend({ kind: 'truncate', bytes: CUT, keep: CUT.length });
  const [full, late] = [await startHoldingBackend(), await startHoldingBackend()];
  const pools: Record<string, { backends: readonly unknown[] }> = {
    ok: { backends: [one.address, two.address] },
    status: { backends: [told.address] },
    refused: { backends: [refusing.address] },
    retried: { backends: [refusing.address, one.address] },
    reset: { backends: [resetting.address] },
    slow: { backends: [stalling.address], ...{ timeouts: { response_header: '300ms' } } },
    left: { backends: [left.address] },
    cut: { backends: [cutting.address] },
    full: {
      backends: [{ address: full.address, max_connections: 1 }],
      ...{ queue: { max_waiting: 0 } },
    },
    late: {
      backends: [{ address: late.address, max_connections: 1 }],
      ...{ queue: { timeout: '100ms' } },
    },
  };
  const off = { health_check: 'off', passive_health: 'off' };
  const names = Object.keys(pools);
  const lb = await startLb({
    listeners: [
      {
        name: 'web',
        bind: '127.0.0.1:0',
        limits: { body_bytes: '4KiB' },
        routes: names.map((name) => ({ name, pool: name, match: { path: `/${name}` } })),
      },
      { name: 'narrow', bind: '127.0.0.1:0', limits: { max_connections: 1 }, pool: 'ok' },
    ],
    pools: Object.fromEntries(names.map((name) => [name, { ...pools[name], ...off }])) as never,
  });
  return { lb, one, two, told, refusing, left, full, late };
}

type Subject = Awaited<ReturnType<typeof startSubject>>;
type Task = () => Promise<void>;

/** All requests but those of `beside`, each kind spread over the whole. */
function script(client: CountingClient): readonly Task[] {
  const get = (route: string, path = '') => client.ask(route, `/${route}${path}`);
  const post = (route: string, bytes = 16) =>
    client.ask(route, `/${route}`, { method: 'POST' }, 'x'.repeat(bytes));
  const start = 'GET /ok HTTP/1.1\r\nHost: lb.test\r\n';
  const kinds: readonly (readonly [count: number, task: Task])[] = [
    [5998, () => get('ok')],
    [1500, () => post('ok', 1000)],
    [300, () => get('status', '/500')],
    [300, () => get('status', '/404')],
    [200, () => get('status', '/503')],
    [500, () => get('retried')],
    [200, () => get('refused')],
    [200, () => post('reset')],
    [40, () => post('slow')],
    [30, () => get('cut')],
    [300, () => get('full')],
    [40, () => get('late')],
    [150, () => client.ask('', '/nowhere')],
    [40, () => client.send('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')],
    [50, () => client.send(`${start}X-Long: ${'x'.repeat(33_000)}\r\n\r\n`)],
    [50, () => client.send(`GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: lb.test\r\n\r\n`)],
    [50, () => client.send(`POST /ok HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 5000\r\n\r\n`)],
  ];
  return kinds
    .flatMap(([count, task]) =>
      Array.from({ length: count }, (_, n) => ({ at: (n + 0.5) / count, task })),
    )
    .toSorted((a, b) => a.at - b.at)
    .map(({ task }) => task);
}

async function runAll(tasks: readonly Task[], workers: number): Promise<void> {
  const left = [...tasks].reverse();
  const work = async () => {
    for (let task = left.pop(); task !== undefined; task = left.pop()) await task();
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** Those that need something to go on meanwhile, which ends with them. */
async function runBeside({ lb, left, full, late }: Subject, client: CountingClient, run: Task) {
  const held = [client.ask('full', '/full'), client.ask('late', '/late')];
  await Promise.all([full.until(1), late.until(1)]);
  const idle = await connectRaw(lb.address('narrow'));
  const connected = async () => (await readMetrics(lb)).sum('active_connections', NARROW);
  while ((await connected()) !== 1) await nextTurn();
  for (let n = 0; n < 10; n++) await client.send('', lb.address('narrow'));
  idle.end();
  await client.leave('left', 40, () => left.untilRequests(40));
  await run();
  full.release();
  late.release();
  await Promise.all(held);
}

const NARROW = { listener: 'narrow' };

function tally<Item>(items: readonly Item[], keyOf: (item: Item) => string) {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted());
}

const kindOf = ({ route, status, reason }: Outcome | Line) => `${route} ${status} ${reason}`;
const total = <Item>(items: readonly Item[], read: (item: Item) => number | undefined) =>
  items.reduce((sum, item) => sum + (read(item) ?? 0), 0);

/** What metrics say about everything that clients or lines tell apart. */
function countsOf({ sum }: Metrics, lines: readonly Line[]) {
  const distinct = (read: (line: Line) => string) => [...new Set(lines.map(read))].toSorted();
  return {
    all: sum('requests_total'),
    byRouteAndStatus: Object.fromEntries(
      distinct(({ route, status }) => `${route} ${status}`).map((key) => {
        const [route = '', status = ''] = key.split(' ');
        return [key, sum('requests_total', { route, status })];
      }),
    ),
    byReason: Object.fromEntries(
      distinct(({ reason = '' }) => reason)
        .filter((reason) => reason !== '')
        .map((reason) => [reason, sum('request_failures_total', { reason })]),
    ),
    durations: sum('request_duration_seconds_count'),
    byBackend: Object.fromEntries(
      distinct(({ pool, backend }) => `${pool} ${backend}`)
        .filter((key) => !key.endsWith(' '))
        .map((key) => {
          const [pool = '', backend = ''] = key.split(' ');
          return [key, sum('backend_request_duration_seconds_count', { pool, backend })];
        }),
    ),
    attempts: sum('backend_requests_total'),
    retries: sum('retries_total'),
    queued: sum('backend_queue_duration_seconds_count'),
    received: sum('received_bytes_total'),
    sent: sum('sent_bytes_total'),
  };
}

/** The same by the access log. */
function countsByLog(lines: readonly Line[]): ReturnType<typeof countsOf> {
  const failed = lines.filter(({ reason }) => reason !== '');
  const tried = lines.filter(({ backend }) => backend !== '');
  return {
    all: lines.length,
    byRouteAndStatus: tally(lines, ({ route, status }) => `${route} ${status}`),
    byReason: tally(failed, ({ reason = '' }) => reason),
    durations: lines.length,
    byBackend: tally(tried, ({ pool, backend }) => `${pool} ${backend}`),
    attempts: total(lines, ({ attempts }) => attempts),
    retries: total(lines, ({ attempts = 0 }) => Math.max(0, attempts - 1)),
    queued: tried.filter(({ queue_ms = 0 }) => queue_ms > 0).length,
    received: total(lines, ({ bytes_in }) => bytes_in),
    sent: total(lines, ({ bytes_out }) => bytes_out),
  };
}

function accessLines(lb: Lb): readonly Line[] {
  return lb.lines.filter(({ msg }) => msg === undefined);
}

it('counts ten thousand requests as their clients and the access log do', async () => {
  const subject = await startSubject();
  const { lb, one, two, told, refusing } = subject;
  const client = new CountingClient(lb.address('web'));
  await runBeside(subject, client, () => runAll(script(client), 16));
  const { outcomes } = client;
  expect(outcomes).toHaveLength(10_000);
  const poll = { timeout: 15_000, interval: 100 };
  await expect.poll(() => tally(accessLines(lb), kindOf), poll).toEqual(tally(outcomes, kindOf));
  const lines = accessLines(lb);
  const metrics = await readMetrics(lb);
  const { sum } = metrics;

  expect(countsOf(metrics, lines)).toEqual(countsByLog(lines));
  expect(sum('access_log_dropped_lines_total')).toBe(0);

  expect(sum('received_bytes_total')).toBe(total(outcomes, ({ sentBytes }) => sentBytes));
  // The bodies of lb's own answers do not count.
  const relayed = outcomes.filter(({ reason }) => reason === '' || reason === 'backend_closed');
  expect(sum('sent_bytes_total')).toBe(total(relayed, ({ receivedBytes }) => receivedBytes));

  const asked = { pool: 'retried', backend: refusing.address };
  expect(sum('backend_failures_total', asked)).toBe(sum('backend_requests_total', asked));
  expect(sum('retries_total', { reason: 'connect_refused' })).toBe(
    sum('backend_requests_total', asked),
  );
  expect(sum('backend_failures_total', { reason: 'response_timeout' })).toBe(40);
  expect(sum('backend_failures_total', { reason: 'backend_reset' })).toBe(200);
  for (const { address, requests } of [one, two, told]) {
    expect(sum('backend_requests_total', { backend: address })).toBe(requests);
    expect(sum('backend_first_byte_duration_seconds_count', { backend: address })).toBe(requests);
  }
  expect(sum('backend_connects_total') + sum('backend_reuses_total')).toBe(
    sum('backend_requests_total'),
  );
  const limits = { max_connections: 10, header_bytes: 50, target_bytes: 50, body_bytes: 50 };
  for (const [limit, count] of Object.entries({
    ...limits,
    max_waiting: 300,
    queue_timeout: 40,
    header_count: 0,
    max_connections_per_ip: 0,
  })) {
    expect({ [limit]: sum('limits_reached_total', { limit }) }).toEqual({ [limit]: count });
  }
});

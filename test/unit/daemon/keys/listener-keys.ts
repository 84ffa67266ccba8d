import { expect } from 'vitest';
import { TcpListener } from '../../../../src/protocol/tcp.ts';
import { type KeyChange, socket } from './key-change.ts';
import type { LiveDaemon } from './live-daemon.ts';

const statusOf =
  (options: Parameters<LiveDaemon['ask']>[0], body = '') =>
  async (live: LiveDaemon) =>
    (await live.ask(options, body)).status;
/** A field of a request, as the backend got it. */
const sent = (field: string) => async (live: LiveDaemon) =>
  (await live.ask({ headers: { 'x-old': 'old' } })).seen?.headers[field] ?? null;
/** A field of a response, as the client got it. */
const answered = (field: string) => async (live: LiveDaemon) =>
  (await live.ask()).headers[field] ?? null;
const matched = ({ web }: LiveDaemon) =>
  web.router.match({ method: 'GET', path: '/', host: 'lb.test', get: () => null });

type Web = LiveDaemon['web'];

/** Read from the listener for each wait, and for each request. */
const wait = (key: string, of: (timeouts: Web['timeouts']) => number): KeyChange => ({
  key: `listeners[].timeouts.${key}`,
  to: '7s',
  see: ({ web }) => of(web.timeouts),
  is: 7000,
});

const forwarding = (key: string, to: unknown, see: KeyChange['see'], is: unknown): KeyChange => ({
  key: `listeners[].forwarding.${key}`,
  to,
  see,
  is,
});

const match = (key: string, to: unknown): KeyChange => ({
  key: `listeners[].routes[].match.${key}`,
  to,
  see: statusOf({}),
  is: 404,
});

const edit = (key: string, to: unknown, see: KeyChange['see'], is: unknown): KeyChange => ({
  key: `listeners[].routes[].${key}`,
  to,
  see,
  is,
});

/** A request line of more than a kilobyte. */
const longPath = { path: `/${'x'.repeat(1100)}` };

export const listenerKeys: readonly KeyChange[] = [
  {
    key: 'listeners[].name',
    from: 'web',
    to: 'www',
    see: ({ daemon }) => daemon.listeners[0]?.name,
    is: 'www',
  },
  {
    key: 'listeners[].bind',
    to: socket('web.sock'),
    see: async (live) => ({ ...live.web.address, status: (await live.ask()).status }),
    is: expect.objectContaining({ kind: 'unix', status: 200 }),
  },
  {
    key: 'listeners[].protocol',
    from: 'http',
    to: 'tcp',
    with: { 'listeners[].routes': undefined, 'listeners[].pool': 'other' },
    see: ({ daemon }) => daemon.listeners[0] instanceof TcpListener,
    is: true,
  },
  {
    key: 'listeners[].pool',
    from: 'app',
    to: 'other',
    with: { 'listeners[].routes': undefined },
    see: (live) => matched(live)?.pool.name,
    is: 'other',
  },
  {
    key: 'listeners[].pool',
    ofTcp: true,
    from: 'db',
    to: 'app',
    with: { 'pools.NAME.sticky': undefined },
    see: ({ tcp }) => tcp.pool.name,
    is: 'app',
  },
  {
    key: 'listeners[].timeouts.idle',
    ofTcp: true,
    to: '7s',
    see: ({ tcp }) => tcp.idleMs,
    is: 7000,
  },
  wait('idle', ({ idleMs }) => idleMs),
  wait('header', ({ headerMs }) => headerMs),
  wait('body_stall', ({ bodyStallMs }) => bodyStallMs),
  wait('write_stall', ({ writeStallMs }) => writeStallMs),
  wait('tunnel_idle', ({ tunnelIdleMs }) => tunnelIdleMs),
  {
    key: 'listeners[].limits.max_connections',
    to: 1,
    see: async (live) => {
      live.hold();
      return (await live.ask()).status;
    },
    is: 503,
  },
  {
    key: 'listeners[].limits.max_connections',
    ofTcp: true,
    to: 1,
    see: (live) => {
      live.hold(live.tcp);
      live.hold(live.tcp);
      return live.text('access.log').includes('"reason":"connection_limit"');
    },
    is: true,
  },
  { key: 'listeners[].limits.header_bytes', to: '1KiB', see: statusOf(longPath), is: 431 },
  {
    key: 'listeners[].limits.header_count',
    to: 2,
    see: statusOf({ headers: { a: '1', b: '2', c: '3' } }),
    is: 431,
  },
  { key: 'listeners[].limits.target_bytes', to: '1KiB', see: statusOf(longPath), is: 414 },
  {
    key: 'listeners[].limits.body_bytes',
    to: '3B',
    see: statusOf({ method: 'POST' }, 'four'),
    is: 413,
  },
  {
    key: 'listeners[].limits.body_rate',
    to: '7B',
    see: ({ web }) => web.limits.bodyRate,
    is: 7,
  },
  forwarding('x_forwarded_for', false, sent('x-forwarded-for'), null),
  forwarding('x_forwarded_proto', false, sent('x-forwarded-proto'), null),
  forwarding('x_forwarded_host', false, sent('x-forwarded-host'), null),
  forwarding('x_forwarded_port', false, sent('x-forwarded-port'), null),
  forwarding('forwarded', true, sent('forwarded'), expect.any(String)),
  forwarding('request_id', false, sent('x-request-id'), null),
  forwarding('via', true, sent('via'), expect.stringContaining('1.1')),
  forwarding('server', 'remove', answered('server'), null),
  {
    key: 'listeners[].errors.reason_header',
    to: false,
    see: async (live) =>
      (await live.ask({ headers: { expect: 'wonders' } })).headers['x-lb-reason'] ?? null,
    is: null,
  },
  {
    key: 'listeners[].routes',
    from: [{ name: 'a', pool: 'app' }],
    to: [
      { name: 'a', pool: 'app', match: { path: '/a' } },
      { name: 'b', pool: 'other' },
    ],
    see: (live) => matched(live)?.pool.name,
    is: 'other',
  },
  edit('name', 'every', (live) => matched(live)?.name, 'every'),
  edit('pool', 'other', (live) => matched(live)?.pool.name, 'other'),
  edit(
    'algorithm',
    'random',
    (live) => matched(live)?.balancer.algorithm.id,
    expect.stringContaining('random'),
  ),
  match('host', 'other.test'),
  match('path', '/api'),
  match('methods', ['PUT']),
  match('headers', { 'x-beta': '1' }),
  edit('request_headers.set', { 'x-new': 'yes' }, sent('x-new'), 'yes'),
  edit('request_headers.add', { 'x-new': 'yes' }, sent('x-new'), 'yes'),
  edit('request_headers.remove', ['x-old'], sent('x-old'), null),
  edit('response_headers.set', { 'x-new': 'yes' }, answered('x-new'), 'yes'),
  edit('response_headers.add', { 'x-new': 'yes' }, answered('x-new'), 'yes'),
  edit('response_headers.remove', ['server'], answered('server'), null),
];

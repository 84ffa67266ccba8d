import { expect, it } from 'vitest';
import { named, startRelay } from '../helpers/relay.ts';

const GET = ['GET / HTTP/1.1', 'Host: shop.test'];
/** Nothing that lb itself would write. */
const quiet = {
  forwarding: {
    x_forwarded_for: false,
    x_forwarded_proto: false,
    x_forwarded_host: false,
    x_forwarded_port: false,
    request_id: false,
  },
};

it('passes fields on in order, duplicates and underscores included, byte for byte', async () => {
  const { relayed } = await startRelay({ listener: quiet });
  const fields = [
    'X-Twice: 1',
    'accept:*/*',
    'X_Under_Score: \xe9 "a,b"  c',
    'X_Forwarded_For: 198.51.100.7',
    'x-TWICE: 2',
  ];
  expect(await relayed(...GET, ...fields)).toEqual([...GET, ...fields]);
});

it('takes out a field with an underscore where a route says so', async () => {
  const routes = [{ pool: 'app', request_headers: { remove: ['X_Forwarded_For'] } }];
  const { relayed } = await startRelay({ listener: { ...quiet, routes } });
  expect(await relayed(...GET, 'x_forwarded_for: 198.51.100.7')).toEqual(GET);
});

const hopByHop = [
  'Keep-Alive: timeout=5',
  'Proxy-Connection: keep-alive',
  'TE: gzip',
  'Trailer: X-Sum',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABkAAQAAP__',
];

it('keeps what concerns one connection from backends, and what Connection names', async () => {
  const { relayed } = await startRelay({ listener: quiet });
  const connection = 'Connection: X-Hop, cookie, Upgrade, HTTP2-Settings';
  const more = ['X-Hop: 1', 'Cookie: a=b', 'x-hop: 2', 'X-Kept: 1'];
  expect(await relayed(...GET, connection, ...hopByHop, ...more)).toEqual([...GET, 'X-Kept: 1']);
});

it('keeps what concerns one connection from clients, and what Connection names', async () => {
  const fields = ['Connection: x-hop', 'X-Hop: 1', ...hopByHop, 'X-Kept: 1', 'Content-Length: 2'];
  const { send } = await startRelay({}, ['HTTP/1.1 200 OK', ...fields, '', 'ok'].join('\r\n'));
  const client = await send(...GET);
  await client.response();
  expect(client.received).toBe('HTTP/1.1 200 OK\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok');
});

it('asks the backend for trailers where the client can take them', async () => {
  const { relayed } = await startRelay({ listener: quiet });
  const lines = await relayed(...GET, 'Connection: TE', 'TE: trailers, deflate;q=0.5');
  expect(lines).toEqual([...GET, 'Connection: TE', 'TE: trailers']);
});

it('lets Connection name none of the fields that say what a request is and whose', async () => {
  const own = ['Host', 'Content-Length', 'Via', 'Expect', 'Max-Forwards', 'X-Request-ID'];
  const claims = ['For', 'Proto', 'Host', 'Port'].map((claim) => `X-Forwarded-${claim}`);
  const protectedNames = [...own, ...claims, 'Forwarded'];
  const global = { trusted_proxies: ['127.0.0.1'] };
  const { relayed } = await startRelay({ global, listener: quiet });
  const fields = [
    'Content-Length: 0',
    'Via: 1.1 before',
    'Expect: 100-continue',
    'Max-Forwards: 3',
    'X-Request-ID: kept',
    ...claims.map((name) => `${name}: kept`),
    'Forwarded: for=192.0.2.1',
  ];
  const lines = await relayed(...GET, `Connection: ${protectedNames.join(', ')}`, ...fields);
  for (const name of protectedNames) expect(named(lines, name), name).toHaveLength(1);
});

it('takes the authority of an absolute target for the Host', async () => {
  const { relayed } = await startRelay({ listener: quiet });
  expect(await relayed('GET http://Shop.test:80/cart?a=b HTTP/1.1', 'Host: shop.test:80')).toEqual([
    'GET /cart?a=b HTTP/1.1',
    'Host: Shop.test:80',
  ]);
});

it('refuses a Host that contradicts an absolute target', async () => {
  const { lb, send } = await startRelay();
  const client = await send('GET http://shop.test/ HTTP/1.1', 'Host: other.test');
  expect((await client.response()).status).toBe(400);
  await lb.line({ status: 400, reason: 'host_contradicts_target' });
});

it('gives HTTP/1.0 without Host one that HTTP/1.1 can carry', async () => {
  const { relayed } = await startRelay({ listener: quiet });
  expect(await relayed('GET / HTTP/1.0')).toEqual(['GET / HTTP/1.1', 'Host: localhost']);
});

it('passes the Host on as it came, unless a route sets another', async () => {
  const routes = [
    { pool: 'app' },
    { match: { path: '/set' }, pool: 'app', request_headers: { set: { Host: 'inner.test' } } },
  ];
  const { relayed } = await startRelay({ listener: { ...quiet, routes } });
  expect(await relayed('GET / HTTP/1.1', 'Host: SHOP.test:81')).toContain('Host: SHOP.test:81');
  const lines = await relayed('GET /set HTTP/1.1', 'Host: SHOP.test:81');
  expect(named(lines, 'host')).toEqual(['Host: inner.test']);
});

it('adds itself to Via in both directions, by the version that it received', async () => {
  const listener = { forwarding: { ...quiet.forwarding, via: true } };
  const head = 'HTTP/1.0 200 OK\r\nVia: 1.1 inner\r\nContent-Length: 2\r\n\r\nok';
  const { relayed, send } = await startRelay({ listener }, head);
  expect(named(await relayed(...GET, 'Via: 1.0 outer'), 'via')).toEqual([
    'Via: 1.0 outer',
    'Via: 1.1 lb',
  ]);
  expect(await relayed('GET / HTTP/1.0', 'Host: a')).toContain('Via: 1.0 lb');
  const { headers } = await (await send(...GET)).response();
  expect(headers.get('via')).toBe('1.1 inner, 1.0 lb');
});

it('adds nothing to Via unless told to', async () => {
  const { relayed, send } = await startRelay();
  expect(named(await relayed(...GET), 'via')).toEqual([]);
  expect((await (await send(...GET)).response()).headers.has('via')).toBe(false);
});

const HINTED = [
  'HTTP/1.1 103 Early Hints\r\nServer: app/1\r\nLink: </a.css>\r\n\r\n',
  'HTTP/1.1 200 OK\r\nServer: app/1\r\nContent-Length: 2\r\n\r\nok',
].join('');

it('takes Server out of responses where it is told to, 1xx included', async () => {
  const listener = { forwarding: { server: 'remove', via: true } };
  const { send } = await startRelay({ listener }, HINTED);
  const client = await send(...GET);
  for (const status of [103, 200]) {
    const response = await client.response();
    expect(response.status).toBe(status);
    expect(response.headers.has('server')).toBe(false);
    expect(response.headers.get('via')).toBe('1.1 lb');
  }
});

it('keeps Server otherwise', async () => {
  const { send } = await startRelay({}, HINTED);
  const client = await send(...GET);
  for (let left = 2; left > 0; left--) {
    expect((await client.response()).headers.get('server')).toBe('app/1');
  }
});

import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AdminServer } from '../../../src/admin/admin-server.ts';
import type { Rights } from '../../../src/admin/rights.ts';
import type { Operator } from '../../../src/api/operator.ts';
import { Backend } from '../../../src/backend/backend.ts';
import { formatAddress, parseAddress } from '../../../src/foundation/address.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { bindTo } from '../../helpers/bind-to.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { metricsSource, poolReadings } from '../../helpers/metrics-source.ts';
import { connectRaw } from '../../helpers/raw-client.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

const token = 'a-token-of-enough-length';
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: lb\r\n\r\n`;

/** An admin server on a clock that stands still, and the switch behind its /readyz. */
async function startAdmin(
  options: {
    readonly bind?: string;
    readonly backends?: number;
    readonly rights?: Partial<Rights>;
  } = {},
) {
  const faults: unknown[] = [];
  const bind = parseAddress(options.bind ?? '127.0.0.1:0');
  if (bind === null) throw new Error(`Not an address: ${options.bind}`);
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const schedule = vi.spyOn(wheel, 'schedule');
  const state = { ready: true, asked: 0 };
  const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 } as const;
  const backends = Array.from(
    { length: options.backends ?? 1 },
    (_, n) => new Backend(`bäckend-${n}`, 'api', address, 0),
  );
  const socket = await bindTo('admin', bind);
  const server = new AdminServer(socket, {
    wheel,
    rights: () => ({ trusted: false, openReads: true, token: null, ...options.rights }),
    onFault: (error) => faults.push(error),
    operator: {
      whyNotReady: () => {
        state.asked++;
        return state.ready ? null : 'the test says so';
      },
      status: () => {
        throw new Error('the status is broken');
      },
    } as Partial<Operator> as Operator,
    metrics: metricsSource({
      listeners: [{ name: 'web', connections: 5 }],
      pools: [poolReadings('api', backends)],
    }),
  });
  server.serve();
  onTestFinished(() => server.close());
  const pass = (ms: number) => {
    clock.pass(ms);
    wheel.advance();
  };
  const connect = () => connectRaw(formatAddress(server.address));
  /** Waits until a connection has set its `count`th deadline: each of its phases begins with one. */
  const phases = (count: number) =>
    expect.poll(() => schedule.mock.calls.length).toBeGreaterThanOrEqual(count);
  /** Waits until all that clients have sent is read: what was sent earlier is read no later than this request. */
  const settle = async () => {
    const other = await connect();
    other.send(get('/healthz'));
    await other.response();
  };
  return { server, state, faults, pass, connect, wheel, phases, settle };
}

describe('AdminServer', () => {
  it('serves metrics in the Prometheus text format, with their length in bytes', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    client.send(get('/metrics?x=1'));
    const { status, headers, body } = await client.response();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers.get('content-length')).toBe(String(body.length)); // one character per byte
    const text = Buffer.from(body, 'latin1').toString();
    expect(text).toContain('\nbackend_active{pool="api",backend="bäckend-0"} 0\n');
    expect(text).toContain('\nbuild_info{version="1.2.3",');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('is alive always, and ready while lb says so', async () => {
    const { connect, state } = await startAdmin();
    const client = await connect();
    const statusOf = async (path: string) => {
      client.send(get(path));
      return (await client.response()).status;
    };
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf('/readyz')).toBe(200);
    state.ready = false;
    expect(await statusOf('/readyz')).toBe(503);
    expect(await statusOf('/healthz')).toBe(200);
  });

  it('answers HEAD like GET without the body, and goes on', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    client.send(get('/healthz'));
    const whole = await client.response();
    client.send('HEAD /healthz HTTP/1.1\r\nHost: lb\r\n\r\n');
    const head = await client.response({ method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(whole.body.length));
    client.send(get('/readyz'));
    expect((await client.response()).status).toBe(200);
  });

  it('says which paths there are when asked for another', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    for (const request of [get('/'), get('/metrics/'), 'POST /x HTTP/1.1\r\nHost: lb\r\n\r\n']) {
      client.send(request);
      const { status, headers, body } = await client.response();
      expect(status).toBe(404);
      expect(headers.get('content-type')).toBe('application/json');
      expect(JSON.parse(body)).toMatchObject({
        paths: expect.arrayContaining(['/metrics', '/healthz', '/readyz']),
      });
    }
  });

  it('lets nothing be done but read', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'get']) {
      client.send(`${method} /healthz HTTP/1.1\r\nHost: lb\r\nContent-Length: 0\r\n\r\n`);
      const { status, headers } = await client.response();
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it.each([
    ['a length', 'Content-Length: 5\r\n\r\nhello'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('refuses a request body announced by %s where none is read, and closes', async (_, rest) => {
    const { connect } = await startAdmin();
    const client = await connect();
    client.send(`GET /healthz HTTP/1.1\r\nHost: lb\r\n${rest}`);
    const { status, headers } = await client.response();
    expect(status).toBe(413);
    expect(headers.get('connection')).toBe('close');
    expect(await client.closed()).toBe('end');
  });

  it.each([
    [400, 'GET /healthz HTTP/1.1\r\n\r\n', 'missing_host'],
    [400, 'GET /healthz HTTP/1.1\nHost: lb\n\n', 'bad_line_end'],
    [
      400,
      `GET /healthz HTTP/1.1\r\nHost: lb\r\nContent-Length: 1, 1\r\n\r\n`,
      'bad_content_length',
    ],
    [505, 'GET /healthz HTTP/2.0\r\nHost: lb\r\n\r\n', 'unsupported_version'],
    [414, `GET /${'x'.repeat(2000)} HTTP/1.1\r\nHost: lb\r\n\r\n`, 'target_too_long'],
    [431, `GET / HTTP/1.1\r\nHost: lb\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, 'header_too_large'],
    [431, `GET / HTTP/1.1\r\nHost: lb\r\n${'X: y\r\n'.repeat(64)}\r\n`, 'too_many_fields'],
  ])(
    'refuses with %i what cannot be read in one way or is too large, and closes',
    async (status, bytes, reason) => {
      const { connect } = await startAdmin();
      const client = await connect();
      client.send(bytes);
      const response = await client.response();
      expect(response.status).toBe(status);
      expect(JSON.parse(response.body)).toMatchObject({ reason });
      expect(await client.closed()).toBe('end');
    },
  );

  it('tells of a fault of its own without details, logs it, and goes on', async () => {
    const { connect, faults } = await startAdmin();
    const client = await connect();
    client.send(get('/api/v1/status'));
    const { status, body } = await client.response();
    expect(status).toBe(500);
    expect(body).not.toContain('broken');
    expect(faults).toEqual([new Error('the status is broken')]);
    client.send(get('/healthz'));
    expect((await client.response()).status).toBe(200);
  });

  it('refuses queries that the path does not know', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    for (const query of ['x=1', 'wait=1&wait=2']) {
      client.send(get(`/healthz?${query}`));
      const { status, body } = await client.response();
      expect(status).toBe(400);
      expect(JSON.parse(body).message).toMatch(/Cannot read the query: .*(not known|twice)/);
    }
  });

  it('asks who has no token for it, and shows the token to nobody', async () => {
    const { connect } = await startAdmin({ rights: { openReads: false, token } });
    const client = await connect();
    for (const [given, expected] of [
      ['', 401],
      [`${token}x`, 401],
      [token, 500],
    ] as const) {
      const field = given === '' ? '' : `Authorization: Bearer ${given}\r\n`;
      client.send(`GET /api/v1/status HTTP/1.1\r\nHost: lb\r\n${field}\r\n`);
      const { status, headers, body } = await client.response();
      expect(status).toBe(expected);
      expect(headers.has('www-authenticate')).toBe(status === 401);
      expect(body).not.toContain(token);
    }
  });

  it('reads a request however it is cut', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    client.socket.setNoDelay(true);
    for (const byte of get('/healthz')) {
      await new Promise((resolve) => client.socket.write(byte, resolve));
    }
    expect((await client.response()).status).toBe(200);
  });

  it('keeps the connection as the client asks, by its version or by name', async () => {
    const { connect } = await startAdmin();
    const old = await connect();
    old.send('GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect((await old.response()).headers.get('connection')).toBe('keep-alive');
    old.send('GET /healthz HTTP/1.0\r\n\r\n');
    expect((await old.response()).headers.get('connection')).toBe('close');
    expect(await old.closed()).toBe('end');
    const client = await connect();
    client.send('GET /healthz HTTP/1.1\r\nHost: lb\r\nConnection: close\r\n\r\n');
    expect((await client.response()).headers.get('connection')).toBe('close');
    expect(await client.closed()).toBe('end');
  });

  it('answers a client that has already sent its FIN', async () => {
    const { connect } = await startAdmin();
    const client = await connect();
    client.send(get('/healthz'));
    client.end();
    expect((await client.response()).status).toBe(200);
    expect(await client.closed()).toBe('end');
  });

  it('answers the first of pipelined requests whole, says that it is the last, and closes', async () => {
    const { connect, settle, state } = await startAdmin();
    const client = await connect();
    client.send(get('/healthz') + get('/readyz'));
    const { status, headers } = await client.response();
    expect(status).toBe(200);
    expect(headers.get('connection')).toBe('close');
    expect(await client.closed()).toBe('end');
    expect(client.received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    client.send(get('/readyz'));
    await settle();
    expect(state.asked).toBe(0);
  });

  it('refuses the 33rd connection, and takes another when one has gone', async () => {
    const { connect, wheel } = await startAdmin();
    const clients = [];
    for (let n = 0; n < 32; n++) clients.push(await connect());
    const [first] = clients;
    const answered = async (client: Awaited<ReturnType<typeof connect>>) => {
      client.send(get('/healthz'));
      return (await client.response()).status;
    };
    for (const client of clients) expect(await answered(client)).toBe(200);
    expect(await (await connect()).closed()).toBe('end');
    first?.end();
    await expect.poll(() => wheel.size).toBe(31); // one deadline per connection
    expect(await answered(await connect())).toBe(200);
  });

  it('closes a connection on which no request begins for 5 seconds', async () => {
    const { connect, pass } = await startAdmin();
    const client = await connect();
    client.send(get('/healthz'));
    await client.response();
    pass(4900);
    client.send(get('/healthz'));
    await client.response();
    pass(4900);
    expect(client.socket.readyState).toBe('open');
    pass(300);
    expect(await client.closed()).toBe('end');
  });

  it('answers 408 when a head does not end within 5 seconds, however busily it arrives', async () => {
    const { connect, pass, wheel, phases, settle } = await startAdmin();
    const client = await connect();
    client.send('GET /healthz HTTP/1.1\r\n');
    await phases(2); // idle, head
    for (let sent = 0; sent < 4; sent++) {
      client.send(`X-Drip: ${sent}\r\n`);
      await settle();
      pass(1300);
    }
    expect((await client.response()).status).toBe(408);
    expect(await client.closed()).toBe('end');
    pass(5200); // it does not answer our FIN with its own
    await expect.poll(() => wheel.size).toBe(0);
  });

  it('sends a large answer at the pace of its reader', async () => {
    const bind = `unix:${join(makeTempDir(), 'admin.sock')}`;
    const { connect, pass } = await startAdmin({ bind, backends: 10_000 });
    const client = await connect();
    client.send(get('/metrics'));
    await client.until(/HTTP/);
    client.socket.pause();
    pass(4900);
    client.socket.resume();
    const { headers, body } = await client.response();
    expect(body.length).toBeGreaterThan(2_000_000);
    expect(headers.get('content-length')).toBe(String(body.length));
    client.send(get('/healthz'));
    expect((await client.response()).status).toBe(200);
  });

  it('reads no further request while an answer is under way', async () => {
    const bind = `unix:${join(makeTempDir(), 'admin.sock')}`;
    const { connect, phases, settle, state } = await startAdmin({ bind, backends: 10_000 });
    const client = await connect();
    client.socket.pause();
    client.send(get('/metrics'));
    await phases(2); // idle, answering
    client.send(get('/readyz'));
    await settle();
    expect(state.asked).toBe(0);
    client.socket.resume();
    expect((await client.response()).body.length).toBeGreaterThan(2_000_000);
    expect((await client.response()).status).toBe(200);
    expect(state.asked).toBe(1);
  });

  it('cuts a reader that has not taken its answer within 5 seconds', async () => {
    const bind = `unix:${join(makeTempDir(), 'admin.sock')}`;
    const { connect, pass, wheel, phases } = await startAdmin({ bind, backends: 10_000 });
    const client = await connect();
    client.socket.pause();
    client.send(get('/metrics'));
    await phases(2); // idle, answering
    pass(5200);
    await expect.poll(() => wheel.size).toBe(0);
    client.socket.resume();
    expect(await client.closed()).toBe('end');
    expect(client.received.length).toBeLessThan(2_000_000);
  });

  it('binds in the name of "admin", so that a failure says who', async () => {
    const { server } = await startAdmin();
    await expect(startAdmin({ bind: formatAddress(server.address) })).rejects.toThrow(
      'Cannot bind listener "admin"',
    );
  });

  it('cuts its connections when it closes, and leaves no deadline behind', async () => {
    const { server, connect, wheel } = await startAdmin();
    const client = await connect();
    client.send(get('/healthz'));
    await client.response();
    expect(wheel.size).toBe(1);
    await server.close();
    expect(await client.closed()).toBe('end');
    await expect(connect()).rejects.toThrow('ECONNREFUSED');
    expect(wheel.size).toBe(0);
  });
});

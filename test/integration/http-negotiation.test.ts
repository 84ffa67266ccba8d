import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { addressOf, close, listen } from '../helpers/listen.ts';
import { connectRaw, type RawClient } from '../helpers/raw-client.ts';
import { named, startRelay } from '../helpers/relay.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

// Expect: 100-continue.

/** A backend that says nothing of its own accord: the test answers each request, 100 included. */
async function startHandDriven() {
  const events = new EventEmitter();
  const arrive = (...both: [IncomingMessage, ServerResponse]) => events.emit('arrived', ...both);
  const server = createServer(arrive).on('checkContinue', arrive);
  await listen(server, '127.0.0.1:0');
  onTestFinished(async () => {
    server.closeAllConnections();
    await close(server);
  });
  // What `arrive` emits.
  const arrival = () => once(events, 'arrived') as Promise<[IncomingMessage, ServerResponse]>;
  return { address: addressOf(server), arrival };
}

/** lb in front of a backend, and clients that hold a body of four bytes back. */
async function startExpecting() {
  const backend = await startHandDriven();
  const lb = await startLb(webConfig([backend.address]));
  const ask = async (version = '1.1') => {
    const client = await connectRaw(lb.address('web'));
    const arrival = backend.arrival();
    const fields = 'Host: lb.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n';
    client.send(`POST / HTTP/${version}\r\n${fields}\r\n`);
    const [request, response] = await arrival;
    return { client, request, response };
  };
  /** By now lb has lost its patience with every backend that was asked before. */
  const untilPatienceEnds = async () => {
    const { client } = await ask();
    await client.until(/100 Continue/);
  };
  return { ask, untilPatienceEnds };
}

type Held = Awaited<ReturnType<Awaited<ReturnType<typeof startExpecting>>['ask']>>;

/** Sends the body, has it answered, and gives the status of each response that the client got. */
async function upload({ client, request, response }: Held): Promise<readonly number[]> {
  client.send('body');
  expect(await text(request)).toBe('body');
  response.end('taken');
  await client.until(/taken/);
  return statusesIn(client);
}

function statusesIn({ received }: RawClient): readonly number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
}

it('says 100 itself when the backend has been silent for a second', async () => {
  const { ask } = await startExpecting();
  const askedMs = performance.now();
  const held = await ask();
  await held.client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  // One tick of slack. Nothing else would say it before the body has stalled for 30 s.
  expect(performance.now() - askedMs).toBeGreaterThan(900);
  expect(await upload(held)).toEqual([100, 200]);
});

it('relays the 100 of a backend, and says none of its own after it', async () => {
  const { ask, untilPatienceEnds } = await startExpecting();
  const held = await ask();
  held.response.writeContinue();
  expect((await held.client.response()).status).toBe(100);
  await untilPatienceEnds();
  expect(await upload(held)).toEqual([100, 200]);
});

it('keeps the 100 of a backend that comes after its own', async () => {
  const { ask } = await startExpecting();
  const held = await ask();
  expect((await held.client.response()).status).toBe(100);
  held.response.writeContinue();
  expect(await upload(held)).toEqual([100, 200]);
});

it('says no 100 to a client that has begun to send', async () => {
  const { ask, untilPatienceEnds } = await startExpecting();
  const held = await ask();
  held.client.send('b');
  await once(held.request, 'readable');
  await untilPatienceEnds();
  held.client.send('ody');
  held.response.end('taken');
  await held.client.until(/taken/);
  expect(statusesIn(held.client)).toEqual([200]);
});

it.each([417, 401])('relays a refusal by %d, before which nobody says 100', async (status) => {
  const { ask } = await startExpecting();
  const { client, response } = await ask();
  response.writeHead(status, { 'X-Why': 'not today' }).end('no');
  const refusal = await client.response();
  expect(refusal).toMatchObject({ status, body: 'no' });
  expect(refusal.headers.get('x-why')).toBe('not today');
  expect(refusal.headers.get('connection')).toBe('close');
  // Whether a body follows after all, nobody can tell: no other request can come on this connection.
  expect(await client.closed()).toBe('end');
});

it('says no 100 inside a refusal that takes its time', async () => {
  const { ask, untilPatienceEnds } = await startExpecting();
  const { client, response } = await ask();
  response.writeHead(417, { 'Content-Length': 2 }).write('n');
  await client.until(/n$/);
  await untilPatienceEnds();
  response.end('o');
  expect((await client.response()).body).toBe('no');
  expect(statusesIn(client)).toEqual([417]);
});

it('never says 100 to a client of HTTP/1.0, nor relays one', async () => {
  const { ask, untilPatienceEnds } = await startExpecting();
  const silent = await ask('1.0');
  const eager = await ask('1.0');
  eager.response.writeContinue();
  await untilPatienceEnds();
  expect(await upload(silent)).toEqual([200]);
  expect(await upload(eager)).toEqual([200]);
});

it.each(['something-else', '100-continue, something-else'])(
  'refuses to expect %s',
  async (what) => {
    const { backend, lb, send } = await startRelay();
    const client = await send('GET / HTTP/1.1', 'Host: lb.test', `Expect: ${what}`);
    const response = await client.response();
    expect(response.status).toBe(417);
    expect(response.headers.get('x-lb-reason')).toBe('expectation_failed');
    await lb.line({ status: 417, reason: 'expectation_failed', attempts: 0 });
    expect(backend.accepted).toBe(0);
  },
);

// Trailers.

const FORBIDDEN = [
  'Content-Length: 1',
  'Transfer-Encoding: chunked',
  'Host: evil.test',
  'Set-Cookie: a=b',
  'Authorization: Basic YTpi',
  'X-Forwarded-For: 192.0.2.1',
  'x-forwarded-anything: 1',
];
const WITH_TRAILERS = [
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0',
  'X-Sum: 1',
  ...FORBIDDEN,
  'x-sum:2',
  '\r\n',
].join('\r\n');
const HELLO = '5\r\nhello\r\n0\r\n';

it('passes trailers on to a client that takes them, except those that must not come late', async () => {
  const { backend, send } = await startRelay({}, WITH_TRAILERS);
  const get = ['GET / HTTP/1.1', 'Host: lb.test', 'Connection: TE', 'TE: trailers'];
  // Twice on the same connections: what the first response leaves behind would spoil the second.
  const client = await send(...get, '', ...get);
  await client.until(/(?:x-sum:2\r\n\r\n[\s\S]*){2}$/);
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(client.received).toBe(`${head}${HELLO}X-Sum: 1\r\nx-sum:2\r\n\r\n`.repeat(2));
  expect(backend.accepted).toBe(1);
});

it.each([
  ['does not ask for them', []],
  ['asks for other codings', ['Connection: TE', 'TE: gzip']],
])('drops trailers for a client that %s', async (_who, fields) => {
  const { send } = await startRelay({}, WITH_TRAILERS);
  const client = await send('GET / HTTP/1.1', 'Host: lb.test', ...fields);
  await client.until(/hello\r\n0\r\n[\s\S]*\r\n$/);
  expect(client.received.endsWith(`\r\n\r\n${HELLO}\r\n`)).toBe(true);
});

it('gives a client of HTTP/1.0 the bare body, whatever it asks for', async () => {
  const { send } = await startRelay({}, WITH_TRAILERS);
  const client = await send('GET / HTTP/1.0', 'Connection: TE', 'TE: trailers');
  expect(await client.closed()).toBe('end');
  expect(client.received.endsWith('\r\n\r\nhello')).toBe(true);
});

it('does not pass the trailers of requests on', async () => {
  const backend = await startHttpBackend(async (request, response) => {
    const body = await text(request);
    response.end(JSON.stringify({ body, trailers: request.rawTrailers }));
  });
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  const head = 'POST / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\n';
  const post = `${head}5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n`;
  client.send(post.repeat(2));
  for (let left = 2; left > 0; left--) {
    expect(JSON.parse((await client.response()).body)).toEqual({ body: 'hello', trailers: [] });
  }
});

// How far a request goes.

it.each([
  [200, 'max_forwards', ['OPTIONS / HTTP/1.1', 'Host: lb.test', 'Max-Forwards: 0']],
  [200, 'max_forwards', ['OPTIONS * HTTP/1.1', 'Host: lb.test', 'Max-Forwards: 0']],
  [200, 'max_forwards', ['TRACE / HTTP/1.1', 'Host: lb.test', 'Max-Forwards: 0']],
  [501, 'connect_method', ['CONNECT lb.test:443 HTTP/1.1', 'Host: lb.test:443']],
  [505, 'unsupported_version', ['PRI * HTTP/2.0', '', 'SM']],
])('answers with %d %s what goes no further: %j', async (status, reason, lines) => {
  const { backend, lb, send } = await startRelay();
  const response = await (await send(...lines)).response();
  expect(response.status).toBe(status);
  expect(response.headers.get('x-lb-reason')).toBe(reason);
  await lb.line({ status, reason, attempts: 0 });
  expect(backend.accepted).toBe(0);
});

it.each([
  ['OPTIONS', '5', '4'],
  ['TRACE', '1', '0'],
  ['GET', '5', '5'],
  ['GET', '0', '0'],
])('has %s with Max-Forwards %s arrive with %s', async (method, sent, arrived) => {
  const { relayed } = await startRelay();
  const lines = await relayed(`${method} / HTTP/1.1`, 'Host: lb.test', `Max-Forwards: ${sent}`);
  expect(named(lines, 'max-forwards')).toEqual([`Max-Forwards: ${arrived}`]);
});

it('asks the backend about itself as a whole where the client does', async () => {
  const { relayed } = await startRelay();
  for (const target of ['*', 'http://lb.test']) {
    const [line] = await relayed(`OPTIONS ${target} HTTP/1.1`, 'Host: lb.test');
    expect(line).toBe('OPTIONS * HTTP/1.1');
  }
});

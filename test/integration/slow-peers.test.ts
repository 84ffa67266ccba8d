import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { expectHoldings, readHoldings } from '../helpers/holdings.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { readResidentMiB } from '../helpers/metrics.ts';
import { connectRaw, dial, type RawClient } from '../helpers/raw-client.ts';
import { startRecordingBackend } from '../helpers/recording-backend.ts';
import { connectCrowd, crowdSize } from '../helpers/slow-crowd.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { untilStuck } from '../helpers/until-stuck.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';
const MIB = 1024 * 1024;

/** lb in front of a backend that answers everything at once. */
async function startAnswering(listener: Readonly<Record<string, unknown>>, global = {}) {
  const backend = await startBackend({ kind: 'answer', bytes: OK });
  const lb = await startLb(webConfig([backend.address], { listener, global }));
  return { backend, lb, connect: () => connectRaw(lb.address('web')) };
}

/** Sends so many bytes, one every 50 ms, for as long as the connection takes them. */
function drip(client: RawClient, count: number): void {
  let left = count;
  const timer = setInterval(() => {
    if (client.socket.writable && left > 0) client.send('x');
    left -= 1;
  }, 50);
  onTestFinished(() => clearInterval(timer));
}

it('answers 408 to a head that drips in, however steadily', async () => {
  const { backend, lb, connect } = await startAnswering({ timeouts: { header: '400ms' } });
  const client = await connect();
  client.send('GET / HTTP/1.1\r\nHost: lb.test\r\nX-Slow: ');
  drip(client, 1000); // if bytes bought time, there would be no answer for 50 s
  expect((await client.response()).status).toBe(408);
  expect(await client.closed()).toBe('end');
  const line = await lb.line({ status: 408 });
  expect(line).toMatchObject({ reason: 'header_timeout', backend: '' });
  expect(line.duration_ms).toBeGreaterThanOrEqual(400);
  expect(backend.requests).toBe(0);
});

it('answers 408 to a body that stops, not to one that drips in', async () => {
  const backend = await startEchoBackend();
  const lb = await startLb(
    webConfig([backend.address], { listener: { timeouts: { body_stall: '400ms' } } }),
  );
  const post = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 20\r\n\r\n`;
  const [dripping, stopping] = await Promise.all([
    connectRaw(lb.address('web')),
    connectRaw(lb.address('web')),
  ]);
  dripping.send(post('/dripping'));
  drip(dripping, 20);
  stopping.send(`${post('/stopping')}${'x'.repeat(19)}`);
  expect(await stopping.response()).toMatchObject({ status: 408 });
  expect(await dripping.response()).toMatchObject({ status: 200 });
  const line = { status: 408, reason: 'body_timeout', bytes_in: 19 };
  expect(await lb.line({ path: '/stopping' })).toMatchObject(line);
});

it('does not blame a client for the time that its backend takes over a body', async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<() => void>();
  const backend = await startHttpBackend(async (incoming, response) => {
    // Reads nothing before it is told to.
    await new Promise<void>((go) => resolve(go));
    response.end(`${(await text(incoming)).length}`);
  });
  const timeouts = { body_stall: '1s', header: '3s' };
  const lb = await startLb(webConfig([backend.address], { listener: { timeouts } }));
  const client = await connectRaw(lb.address('web'));
  client.send(`PUT / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: ${32 * MIB}\r\n\r\n`);
  client.send('x'.repeat(32 * MIB));
  const goOn = await arrived;
  // A head that is never finished takes three times as long as a body may pause.
  const clock = await connectRaw(lb.address('web'));
  clock.send('GET / HTTP/1.1\r\n');
  expect((await clock.response()).status).toBe(408);
  goOn();
  expect(await client.response()).toMatchObject({ status: 200, body: `${32 * MIB}` });
});

it('closes connections that stay idle without a word', async () => {
  const { lb, connect } = await startAnswering({ timeouts: { idle: '300ms', header: '300ms' } });
  const [silent, served] = [await connect(), await connect()];
  served.send(GET);
  expect((await served.response()).status).toBe(200);
  expect(await silent.closed()).toBe('end');
  expect(await served.closed()).toBe('end');
  expect(silent.received).toBe('');
  expect(served.received).toMatch(/^HTTP.*\r\n\r\nok$/s);
  expect(await lb.stop()).toBe(0);
  expect(lb.lines.filter((line) => line.status !== undefined)).toMatchObject([{ status: 200 }]);
});

it('lets a client that is still sending 10 MB read its 413 to the end', async () => {
  const backend = await startRecordingBackend();
  const lb = await startLb(
    webConfig([backend.address], { listener: { limits: { body_bytes: '1MiB' } } }),
  );
  const body = 'x'.repeat(10_000_000);
  const head = 'POST / HTTP/1.1\r\nHost: lb.test\r\n';
  for (const [framing, bytes] of [
    [`Content-Length: ${body.length}`, body],
    ['Transfer-Encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
  ]) {
    const client = await connectRaw(lb.address('web'));
    client.socket.pause();
    const sent = new Promise((resolve) => {
      client.socket.write(`${head}${framing}\r\n\r\n${bytes}`, 'latin1', resolve);
    });
    await sent; // all of it, before it reads a byte
    client.socket.resume();
    const response = await client.response();
    expect(response, framing).toMatchObject({ status: 413 });
    expect(JSON.parse(response.body)).toMatchObject({ reason: 'body_too_large' });
    expect(await client.closed(), framing).toBe('end');
    client.end();
  }
  // Only a length that is not declared is found out too late.
  await expectHoldings(lb, { activeExchanges: 0, clientConnections: 0 }, 'both are gone');
  await expect.poll(() => backend.requestsOf('127.0.0.1')).toMatchObject([{ complete: false }]);
  expect(await lb.someLines({ status: 413, reason: 'body_too_large' }, 2)).toHaveLength(2);
});

it('bounds what it cannot refuse at once: a slow body, and a client that never closes', async () => {
  const backend = await startBackend({ kind: 'stall' });
  const lb = await startLb(
    webConfig([backend.address], { listener: { limits: { body_rate: '1KiB' } } }),
  );
  const { idleBackendConnections: _none, ...before } = await readHoldings(lb);
  const slow = await connectRaw(lb.address('web'));
  slow.send('POST / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 100000\r\n\r\n');
  drip(slow, 1000);
  const staying = await connectRaw(lb.address('web'));
  staying.send('no request\r\n\r\n');
  expect((await staying.response()).status).toBe(400);
  // Its own FIN never comes.
  expect(await slow.response()).toMatchObject({ status: 408 });
  slow.socket.destroy();
  await expectHoldings(lb, before, 'both are gone');
  expect(await lb.line({ status: 408 })).toMatchObject({ reason: 'body_timeout' });
});

it('serves others while a crowd of slow clients holds its connections, and closes those', async () => {
  const size = crowdSize();
  const { lb, connect } = await startAnswering(
    { timeouts: { header: '5s' } },
    { limits: { max_connections: 20_000 } },
  );
  const crowd = await connectCrowd(lb.address('web'), size);
  crowd.say('GET / HTTP/1.1\r\nHost: lb.test\r\nX-Slow: ');
  const clients = await Promise.all(Array.from({ length: 10 }, connect));
  for (let round = 0; round < 20; round++) {
    for (const client of clients) client.send(GET);
    const answers = await Promise.all(clients.map((client) => client.response()));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  }
  const { clientConnections } = await readHoldings(lb);
  expect(clientConnections, 'all were open all the time').toBe(size + clients.length);
  crowd.say('x');
  const told = await crowd.closed;
  expect(told.filter((text) => text.startsWith('HTTP/1.1 408 '))).toHaveLength(size);
  for (const client of clients) client.end();
  await expectHoldings(lb, { clientConnections: 0 }, 'all are gone');
  const lines = await lb.someLines({ status: 408, reason: 'header_timeout' }, size);
  expect(lines).toHaveLength(size);
});

it('stops reading a client that pipelines 10,000 requests and reads no answer', async () => {
  const COUNT = 10_000;
  let served = 0;
  const backend = await startHttpBackend((request, response) => {
    served += 1;
    response.end(`${request.url} `.padEnd(4096, '.'));
  });
  const lb = await startLb(webConfig([backend.address]));
  const beforeMiB = await readResidentMiB(lb);
  const socket = dial(lb.address('web'));
  await once(socket, 'connect');
  socket.write(Array.from({ length: COUNT }, (_, at) => paddedGet(at)).join(''));
  socket.end();
  const servedUnread = await untilStuck(() => served);
  expect(servedUnread).toBeGreaterThan(0);
  expect(servedUnread).toBeLessThan(COUNT / 2);
  expect(socket.writableLength, 'what lb does not read stays here').toBeGreaterThan(10 * MIB);
  expect((await readResidentMiB(lb)) - beforeMiB).toBeLessThan(48);
  // Once it reads, it gets them all, in order.
  const answers = await text(socket);
  const targets = [...answers.matchAll(/\r\n\r\n\/(\d+) /g)].map(([, at]) => Number(at));
  expect(targets).toEqual(Array.from({ length: COUNT }, (_, at) => at));
});

function paddedGet(at: number): string {
  return `GET /${at} HTTP/1.1\r\nHost: lb.test\r\nX-Padding: ${'x'.repeat(4096)}\r\n\r\n`;
}

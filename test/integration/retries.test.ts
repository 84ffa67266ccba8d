import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Behaviour, startBackend } from '../helpers/start-backend.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** A request with a body in one piece. */
function withBody(method: string, body: string): string {
  return `${method} / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** lb in front of a backend with a fault, whose turn is first, and one that is well. */
async function startPair(behaviour: Behaviour, pool: Record<string, unknown> = {}) {
  const faulty = await startBackend(behaviour);
  const well = await startBackend({ kind: 'answer', bytes: OK });
  const lb = await startLb(webConfig([faulty.address, well.address], { pool }));
  const client = await connectRaw(lb.address('web'));
  return { faulty, well, lb, client };
}

it.each(['GET', 'PUT', 'DELETE'])(
  'repeats a %s on another backend when the first dies before it has answered',
  async (method) => {
    const { faulty, well, lb, client } = await startPair({ kind: 'reset' });
    client.send(method === 'GET' ? GET : withBody(method, 'the body'));
    expect((await client.response()).status).toBe(200);
    expect(faulty.requests).toBe(1);
    expect(well.received).toMatch(method === 'GET' ? /^GET / : /\r\n\r\nthe body$/);
    expect(await lb.line({ status: 200 })).toMatchObject({ attempts: 2, reason: '' });
  },
);

it.each(['POST', 'PATCH', 'get'])(
  'never repeats a %s that a backend may have read',
  async (method) => {
    const { well, lb, client } = await startPair({ kind: 'reset' });
    client.send(withBody(method, 'the body'));
    expect((await client.response()).status).toBe(502);
    expect(well.requests).toBe(0);
    expect(await lb.line({ status: 502 })).toMatchObject({ attempts: 1, reason: 'backend_reset' });
  },
);

it.each([
  { buffer: 7, status: 502 },
  { buffer: 8, status: 200 },
  { buffer: 0, status: 502 },
])('repeats a body of 8 bytes with a buffer of $buffer: $status', async ({ buffer, status }) => {
  const { client } = await startPair({ kind: 'reset' }, { retries: { buffer } });
  client.send(withBody('PUT', 'the body'));
  expect((await client.response()).status).toBe(status);
});

it('repeats a request without a body whatever the buffer', async () => {
  const { client } = await startPair({ kind: 'reset' }, { retries: { buffer: 0 } });
  client.send(GET);
  expect((await client.response()).status).toBe(200);
});

it('repeats a request in the middle of its body, and sends the rest behind it', async () => {
  const { faulty, well, client } = await startPair({ kind: 'stall' });
  well.behaviour = { kind: 'stall' };
  client.send('PUT / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.send('4\r\nfour\r\n');
  await expect.poll(() => faulty.received).toMatch(/four\r\n$/);
  await faulty.kill();
  await expect.poll(() => well.received).toMatch(/\r\n\r\n4\r\nfour\r\n$/);
  well.behaviour = { kind: 'answer', bytes: OK };
  client.send('3\r\nsix\r\n0\r\n\r\n');
  expect((await client.response()).status).toBe(200);
  expect(well.received).toMatch(/\r\n\r\n4\r\nfour\r\n3\r\nsix\r\n0\r\n\r\n$/);
});

it('gives up a chunked body that has outgrown the buffer', async () => {
  const { faulty, well, client } = await startPair({ kind: 'stall' }, { retries: { buffer: 9 } });
  client.send('PUT / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.send('4\r\nfour\r\n');
  await expect.poll(() => faulty.received).toMatch(/four\r\n$/);
  client.send('3\r\nsix\r\n');
  await expect.poll(() => faulty.received).toMatch(/six\r\n$/);
  await faulty.kill();
  expect((await client.response()).status).toBe(502);
  expect(well.requests).toBe(0);
});

/** Longer than a busy machine takes to answer. */
const SILENT = { response_header: '500ms' };

const HEAD_BYTES = OK.indexOf('ok');

it.each([1, HEAD_BYTES - 1])(
  'repeats a GET whose response breaks off after %i bytes of its head, for nobody has seen any of it',
  async (keep) => {
    const { faulty, lb, client } = await startPair({ kind: 'truncate', bytes: OK, keep });
    client.send(GET);
    expect((await client.response()).body).toBe('ok');
    expect(faulty.requests).toBe(1);
    expect(await lb.line({ attempts: 2 })).toMatchObject({ status: 200, reason: '' });
  },
);

it('takes a backend that breaks off within heads out of traffic, as one that does not answer', async () => {
  const { faulty, client } = await startPair({ kind: 'truncate', bytes: OK, keep: 9 });
  for (let at = 0; at < 10; at++) {
    client.send(GET);
    expect((await client.response()).body).toBe('ok');
  }
  expect(faulty.requests).toBe(3);
});

it('repeats a GET whose response head drips for too long', async () => {
  const bytes = `${OK.slice(0, HEAD_BYTES - 2)}X-Slow: ${'x'.repeat(1000)}`;
  const drip = { kind: 'slow-drip', bytes, everyMs: 20 } as const;
  const { client } = await startPair(drip, { timeouts: SILENT });
  client.send(GET);
  expect((await client.response()).body).toBe('ok');
});

it('never repeats a POST whose response breaks off within its head', async () => {
  const { well, client } = await startPair({ kind: 'truncate', bytes: OK, keep: 9 });
  client.send(withBody('POST', 'the body'));
  expect((await client.response()).status).toBe(502);
  expect(well.requests).toBe(0);
});

it('never repeats a request once the head of a response has been passed on', async () => {
  const bytes = OK.slice(0, HEAD_BYTES);
  const { well, client } = await startPair({ kind: 'answer-and-close', bytes });
  client.send(GET);
  await client.closed();
  expect(client.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(well.requests).toBe(0);
});

it('never repeats a request once an interim response has been passed on', async () => {
  const bytes = 'HTTP/1.1 103 Early Hints\r\n\r\n';
  const { well, client } = await startPair({ kind: 'answer-and-close', bytes });
  client.send(GET);
  await expect.poll(() => client.received).toMatch(/^HTTP\/1\.1 103 .*HTTP\/1\.1 502 /s);
  expect(well.requests).toBe(0);
});

it.each([0, 1, 2, 3])('tries %i backends more at most, and none twice', async (attempts) => {
  const backends = await Promise.all(
    Array.from({ length: 5 }, () => startBackend({ kind: 'reset' })),
  );
  const addresses = backends.map(({ address }) => address);
  const lb = await startLb(webConfig(addresses, { pool: { retries: { attempts } } }));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  expect((await client.response()).status).toBe(502);
  expect(await lb.line({ status: 502 })).toMatchObject({ attempts: attempts + 1 });
  const tried = backends.map(({ requests }) => requests);
  expect(tried.toSorted()).toEqual([0, 0, 0, 0, 0].fill(1, 4 - attempts));
});

it('repeats what a backend has left unanswered too long, within the time for retries', async () => {
  const { lb, client } = await startPair({ kind: 'stall' }, { timeouts: SILENT });
  client.send(GET);
  expect((await client.response()).status).toBe(200);
  expect((await readMetrics(lb)).sum('retries_total')).toBe(1);
});

it('begins no retry after the time for retries', async () => {
  const pool = { timeouts: SILENT, retries: { timeout: '100ms' } };
  const { well, client } = await startPair({ kind: 'stall' }, pool);
  client.send(GET);
  expect((await client.response()).status).toBe(504);
  expect(well.requests).toBe(0);
});

it('repeats no more at once than the budget allows', async () => {
  const pool = { timeouts: { response_header: '500ms' }, passive_health: 'off' };
  const stalled = [await startBackend({ kind: 'stall' }), await startBackend({ kind: 'stall' })];
  const addresses = stalled.map(({ address }) => address);
  const lb = await startLb(webConfig(addresses, { pool }));
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw(lb.address('web'))));
  for (const time of [1, 2]) {
    for (const client of clients) client.send(GET);
    const answers = await Promise.all(clients.map((client) => client.response()));
    expect(answers.map(({ status }) => status)).toEqual(clients.map(() => 504));
    const metrics = await readMetrics(lb);
    // Three for each of the two backends, and again when those are over.
    expect(metrics.sum('retries_total')).toBe(time * 6);
    expect(metrics.sum('retries_refused_total')).toBe(time * 2);
  }
});

it('takes nothing from the budget for requests of which nothing was sent', async () => {
  const refusing = await startBackend({ kind: 'refuse' });
  const holding = await startHoldingBackend();
  const pool = { health_check: 'off', passive_health: 'off', retries: { budget: '0%' } };
  const lb = await startLb(webConfig([refusing.address, holding.address], { pool }));
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => connectRaw(lb.address('web'))),
  );
  for (const client of clients) client.send(GET);
  await holding.until(clients.length);
  for (const _ of clients) holding.release();
  for (const client of clients) expect((await client.response()).status).toBe(200);
  const metrics = await readMetrics(lb);
  // All at the same time, and more than the three for each backend.
  expect(metrics.sum('retries_total')).toBeGreaterThan(6);
  expect(metrics.sum('retries_refused_total')).toBe(0);
});

it('moves everything away from a backend that is ejected, whatever the budget', async () => {
  const pool = { timeouts: { response_header: '500ms' }, retries: { budget: '0%' } };
  const { faulty, well, lb } = await startPair({ kind: 'stall' }, pool);
  const clients = await Promise.all(
    Array.from({ length: 40 }, () => connectRaw(lb.address('web'))),
  );
  for (const client of clients) client.send(GET);
  const answers = await Promise.all(clients.map((client) => client.response()));
  expect(answers.map(({ status }) => status)).toEqual(clients.map(() => 200));
  expect(faulty.requests).toBe(20);
  expect(well.requests).toBe(40);
  expect((await readMetrics(lb)).sum('retries_refused_total')).toBe(0);
});

it('does not take a backend that refuses at once for a fast one', async () => {
  const pool = { algorithm: 'least_response_time', passive_health: 'off' };
  const { lb, client } = await startPair({ kind: 'refuse' }, pool);
  for (let at = 0; at < 20; at++) {
    client.send(GET);
    expect((await client.response()).status).toBe(200);
  }
  expect((await readMetrics(lb)).sum('retries_total')).toBeLessThanOrEqual(1);
});

it('does not take one that refuses sessions at once for a fast one either', async () => {
  const down = await startBackend({ kind: 'refuse' });
  const up = await startBackend({ kind: 'answer', bytes: OK });
  const pool = { algorithm: 'least_response_time', passive_health: 'off' };
  const listener = { protocol: 'tcp' };
  const lb = await startLb(webConfig([down.address, up.address], { listener, pool }));
  for (let at = 0; at < 20; at++) {
    const client = await connectRaw(lb.address('web'));
    client.send(GET);
    expect((await client.response()).status).toBe(200);
    client.end();
  }
  expect((await readMetrics(lb)).sum('retries_total')).toBeLessThanOrEqual(1);
});

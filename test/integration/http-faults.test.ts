import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Behaviour, startBackend } from '../helpers/start-backend.ts';
import { startBlackHole } from '../helpers/start-black-hole.ts';
import { startLb } from '../helpers/start-lb.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** lb in front of one backend with a fault, and what a GET through it gives. */
async function askThrough(behaviour: Behaviour, timeouts = {}) {
  const backend = await startBackend(behaviour);
  const lb = await startLb(webConfig([backend.address], { pool: { timeouts } }));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  return { backend, lb, client, response: await client.response() };
}

it('answers 502 connect_refused when nobody listens', async () => {
  const { lb, backend, response } = await askThrough({ kind: 'refuse' });
  expect(response.status).toBe(502);
  const line = await lb.line({ status: 502 });
  expect(line).toMatchObject({ reason: 'connect_refused', pool: 'app', backend: backend.address });
});

it('answers 502 backend_reset when the backend resets instead of answering', async () => {
  const { lb, response } = await askThrough({ kind: 'reset' });
  expect(response.status).toBe(502);
  expect(await lb.line({ status: 502 })).toMatchObject({ reason: 'backend_reset' });
});

it('answers 502 backend_closed when the backend closes instead of answering', async () => {
  const { lb, response } = await askThrough({ kind: 'early-close' });
  expect(response.status).toBe(502);
  expect(await lb.line({ status: 502 })).toMatchObject({ reason: 'backend_closed' });
});

it('answers 502 when the backend closes within its response head', async () => {
  const { lb, response } = await askThrough({ kind: 'truncate', bytes: OK, keep: 20 });
  expect(response.status).toBe(502);
  expect(await lb.line({ status: 502 })).toMatchObject({ reason: 'backend_closed' });
});

it('answers 502 bad_response to what is not HTTP', async () => {
  const { lb, response } = await askThrough({ kind: 'garbage' });
  expect(response.status).toBe(502);
  expect(await lb.line({ status: 502 })).toMatchObject({
    reason: 'bad_response',
    detail: 'bad_status_line',
  });
});

it('answers 504 response_timeout when the backend reads and stays silent', async () => {
  const timeouts = { response_header: '300ms', connect: '1h' };
  const { lb, response } = await askThrough({ kind: 'stall' }, timeouts);
  expect(response.status).toBe(504);
  const line = await lb.line({ status: 504 });
  expect(line).toMatchObject({ reason: 'response_timeout' });
  expect(line.duration_ms).toBeGreaterThanOrEqual(300);
});

it('does not let a response head that drips in outlive the response timeout', async () => {
  const bytes = OK.repeat(100);
  const drip = { kind: 'slow-drip', bytes, everyMs: 50 } as const;
  const { response } = await askThrough(drip, { response_header: '400ms' });
  expect(response.status).toBe(504);
});

it('gives up connecting after the connect timeout', async () => {
  const hole = await startBlackHole();
  const pool = { timeouts: { connect: '300ms' }, retries: { attempts: 0 } };
  const lb = await startLb(webConfig([hole], { pool }));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  expect((await client.response()).status).toBe(504);
  expect(await lb.line({ status: 504 })).toMatchObject({
    reason: 'connect_timeout',
    backend: hole,
  });
});

it('sends any request to another backend when one refuses the connection', async () => {
  const down = await startBackend({ kind: 'refuse' });
  const up = await startBackend({ kind: 'answer', bytes: OK });
  const lb = await startLb(webConfig([down.address, up.address]));
  const client = await connectRaw(lb.address('web'));
  for (let at = 0; at < 4; at++) {
    client.send('POST / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 0\r\n\r\n');
    expect((await client.response()).body).toBe('ok');
  }
  expect(await lb.line({ attempts: 2 })).toMatchObject({ status: 200, backend: up.address });
});

it('cuts a response whose backend stops within the body, and never completes it', async () => {
  const bytes = `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1000)}`;
  const backend = await startBackend({ kind: 'truncate', bytes, keep: 500 });
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await client.closed();
  expect(client.received).toMatch(/^HTTP\/1\.1 200 /);
  expect(client.received).not.toMatch(/x{1000}/);
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: 'backend_closed' });
});

it('cuts a chunked response without the last chunk its backend never sent', async () => {
  const bytes = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
  const backend = await startBackend({ kind: 'answer-and-close', bytes });
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await client.closed();
  expect(client.received).toContain('hello');
  expect(client.received).not.toMatch(/0\r\n\r\n$/);
});

it('cuts a response whose backend stalls within the body', async () => {
  const bytes = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this';
  const backend = await startBackend({ kind: 'answer', bytes });
  const pool = { timeouts: { response_stall: '300ms' } };
  const lb = await startLb(webConfig([backend.address], { pool }));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await client.closed();
  expect(client.received).toContain('only this');
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: 'response_stalled' });
});

it('answers 502 only for what was in flight on a backend that is killed', async () => {
  const dying = await startBackend({ kind: 'answer', bytes: OK });
  const alive = await startBackend({ kind: 'answer', bytes: OK });
  const lb = await startLb(webConfig([dying.address, alive.address]));
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => connectRaw(lb.address('web'))),
  );
  const askAll = () =>
    Promise.all(
      clients.map(async (client) => {
        client.send('POST / HTTP/1.1\r\nHost: lb.test\r\n\r\n'); // must not be repeated
        return (await client.response()).status;
      }),
    );
  expect(await askAll()).toEqual(Array(10).fill(200));
  expect(dying.requests).toBe(5);

  dying.behaviour = { kind: 'stall' };
  const inFlight = askAll();
  await dying.untilRequests(10);
  await dying.kill();
  expect((await inFlight).sort()).toEqual([...Array(5).fill(200), ...Array(5).fill(502)]);

  // From now on it refuses, and everything goes to the other one.
  for (let round = 0; round < 3; round++) expect(await askAll()).toEqual(Array(10).fill(200));
  expect(await lb.someLines({ reason: 'backend_reset', status: 502 }, 5)).toHaveLength(5);
});

it('asks again what is safe to repeat when a kept-alive connection dies before the answer', async () => {
  const dying = await startBackend({ kind: 'answer', bytes: OK });
  const alive = await startBackend({ kind: 'answer', bytes: OK });
  const lb = await startLb(webConfig([dying.address, alive.address]));
  const client = await connectRaw(lb.address('web'));
  for (let at = 0; at < 2; at++) {
    client.send(GET);
    expect((await client.response()).status).toBe(200);
  }
  dying.behaviour = { kind: 'stall' };
  client.send(GET);
  await dying.untilRequests(2);
  await dying.kill();
  expect((await client.response()).status).toBe(200);
  expect(await lb.line({ attempts: 2 })).toMatchObject({ status: 200, backend: alive.address });
});

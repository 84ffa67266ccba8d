import { expect, it } from 'vitest';
import type { ConfigPart } from '../helpers/lb-config.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

/** lb with these listener options, and a client that has sent `bytes`. */
async function sendTo(listener: ConfigPart, bytes: string) {
  const backend = await startEchoBackend();
  const lb = await startLb(webConfig([backend.address], { listener }));
  const client = await connectRaw(lb.address('web'));
  client.send(bytes);
  return { lb, client };
}

/** The answer that refuses `bytes`: its status and reason, after which lb must have closed. */
async function refusal(listener: ConfigPart, bytes: string) {
  const { lb, client } = await sendTo(listener, bytes);
  const { status, body } = await client.response();
  const how = await client.closed();
  const { reason } = await lb.line({ status });
  expect(body, 'the reason is in the answer').toContain(reason);
  return { status, reason, how };
}

const head = (...fields: string[]) =>
  ['GET / HTTP/1.1', 'Host: lb.test', ...fields, '', ''].join('\r\n');

it('answers 408 to a request head that does not arrive in time', async () => {
  const timeouts = { header: '300ms' };
  const answer = await refusal({ timeouts }, 'GET / HTTP/1.1\r\nHost: lb.test\r\nX-Slow: ');
  expect(answer).toEqual({ status: 408, reason: 'header_timeout', how: 'end' });
});

it('answers 408 to a request body that stops arriving', async () => {
  const timeouts = { body_stall: '300ms' };
  const post = 'POST / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 100\r\n\r\nonly this';
  const { status, reason } = await refusal({ timeouts }, post);
  expect({ status, reason }).toEqual({ status: 408, reason: 'body_timeout' });
});

it('closes a kept-alive connection that stays idle, without a word', async () => {
  const { lb, client } = await sendTo({ timeouts: { idle: '300ms' } }, head());
  expect((await client.response()).status).toBe(200);
  const before = client.received;
  expect(await client.closed()).toBe('end');
  expect(client.received).toBe(before);
  expect(lb.lines.filter(({ status }) => status !== undefined && status !== 200)).toEqual([]);
});

it.each([
  ['no HTTP at all', 'hello\r\n\r\n', 'bad_'],
  ['a space before the colon', head('X-A : 1'), 'space_before_colon'],
  [
    'two different lengths',
    head('Content-Length: 1', 'Content-Length: 2'),
    'repeated_content_length',
  ],
  [
    'a length beside chunked',
    head('Content-Length: 1', 'Transfer-Encoding: chunked'),
    'length_and_chunked',
  ],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 'missing_host'],
])('answers 400 to %s, and closes', async (_what, bytes, reason) => {
  const answer = await refusal({}, bytes);
  expect(answer).toEqual({ status: 400, reason: expect.stringMatching(`^${reason}`), how: 'end' });
});

it('answers 400 to a malformed chunk', async () => {
  const post = 'POST / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
  expect(await refusal({}, post)).toMatchObject({ status: 400, reason: 'bad_chunk_size' });
});

it('answers 413 to a body whose length is over the limit, before reading it', async () => {
  const limits = { body_bytes: '1KiB' };
  const post = 'POST / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 1025\r\n\r\n';
  expect(await refusal({ limits }, post)).toMatchObject({ status: 413, reason: 'body_too_large' });
});

it('answers 413 to a chunked body that grows over the limit', async () => {
  const limits = { body_bytes: '1KiB' };
  const chunk = `200\r\n${'x'.repeat(0x200)}\r\n`;
  const post = 'POST / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await refusal({ limits }, post + chunk.repeat(3))).toMatchObject({
    status: 413,
    reason: 'body_too_large',
  });
});

it('lets a body of exactly the limit pass', async () => {
  const post = `POST / HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`;
  const { client } = await sendTo({ limits: { body_bytes: '1KiB' } }, post);
  expect(JSON.parse((await client.response()).body)).toMatchObject({ bodyBytes: 1024 });
});

it('answers 431 to a head over the limit', async () => {
  const limits = { header_bytes: '2KiB' };
  const bytes = head(`X-Big: ${'x'.repeat(2048)}`);
  expect(await refusal({ limits }, bytes)).toMatchObject({
    status: 431,
    reason: 'header_too_large',
  });
});

it('answers 431 to a head of too many fields', async () => {
  const fields = Array.from({ length: 10 }, (_, at) => `X-${at}: 1`);
  const answer = await refusal({ limits: { header_count: 10 } }, head(...fields));
  expect(answer).toMatchObject({ status: 431, reason: 'too_many_fields' });
});

it('answers 414 to a target over the limit', async () => {
  const bytes = `GET /${'x'.repeat(1024)} HTTP/1.1\r\nHost: lb.test\r\n\r\n`;
  const answer = await refusal({ limits: { target_bytes: '1KiB' } }, bytes);
  expect(answer).toMatchObject({ status: 414, reason: 'target_too_long' });
});

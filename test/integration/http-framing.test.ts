import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { type Echo, startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: lb.test\r\n\r\n`;

/** lb in front of a backend that answers every request head with the same bytes. */
async function connectTo(bytes: string) {
  const backend = await startBackend({ kind: 'answer', bytes });
  const lb = await startLb(webConfig([backend.address]));
  return { backend, lb, client: await connectRaw(lb.address('web')) };
}

it('answers pipelined requests in order over one connection', async () => {
  const backend = await startHttpBackend((request, response) => {
    // Later requests would be ready first.
    const delayMs = 20 - Number(request.url?.slice(1));
    setTimeout(() => response.end(request.url), delayMs);
  });
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  const paths = Array.from({ length: 20 }, (_, at) => `/${at}`);
  client.send(paths.map(get).join(''));
  for (const path of paths) expect((await client.response()).body).toBe(path);
});

it('finds each request in bytes that are cut anywhere', async () => {
  const backend = await startEchoBackend();
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  client.socket.setNoDelay(true);
  const body = 'a=1';
  const post = `POST /cut HTTP/1.1\r\nHost: lb.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  for (const byte of post.repeat(3)) client.send(byte);
  for (let at = 0; at < 3; at++) {
    expect(JSON.parse((await client.response()).body)).toMatchObject({
      target: '/cut',
      bodyBytes: 3,
    });
  }
});

it('serves many requests of one client over one backend connection', async () => {
  const { backend, client, lb } = await connectTo('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
  for (let at = 0; at < 5; at++) {
    client.send(get('/'));
    expect((await client.response()).body).toBe('hi');
  }
  expect(backend.accepted).toBe(1);
  expect(await lb.someLines({ status: 200, reused: true }, 4)).toHaveLength(4);
});

it('relays the answer to HEAD without waiting for the body it describes', async () => {
  const { client } = await connectTo('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
  for (let at = 0; at < 2; at++) {
    client.send('HEAD / HTTP/1.1\r\nHost: lb.test\r\n\r\n');
    const response = await client.response({ method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('1000');
  }
});

it.each([204, 304])('relays %d, which never has a body', async (status) => {
  const { client, backend } = await connectTo(`HTTP/1.1 ${status} Fine\r\nETag: "1"\r\n\r\n`);
  for (let at = 0; at < 2; at++) {
    client.send(get('/'));
    const response = await client.response();
    expect(response.status).toBe(status);
    expect(response.headers.get('etag')).toBe('"1"');
  }
  expect(backend.accepted).toBe(1);
});

it('relays a chunked request body, with its bytes and its end', async () => {
  const backend = await startEchoBackend();
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  const chunks = ['first ', 'second ', 'x'.repeat(70_000)];
  const coded = chunks
    .map((chunk) => `${chunk.length.toString(16)};ext=1\r\n${chunk}\r\n`)
    .join('');
  client.send('POST / HTTP/1.1\r\nHost: lb.test\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.send(`${coded}0\r\n\r\n${get('/next')}`);
  const echo = JSON.parse((await client.response()).body) as Echo;
  const bodySha256 = createHash('sha256').update(chunks.join('')).digest('hex');
  expect(echo).toMatchObject({ bodyBytes: chunks.join('').length, bodySha256 });
  expect(JSON.parse((await client.response()).body)).toMatchObject({ target: '/next' });
});

it('relays a chunked response', async () => {
  const { client, backend } = await connectTo(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n',
  );
  for (let at = 0; at < 2; at++) {
    client.send(get('/'));
    expect((await client.response()).body).toBe('hello, world');
  }
  expect(backend.accepted).toBe(1);
});

it('ends a response where its backend closes, when nothing else says where', async () => {
  const bytes = 'HTTP/1.1 200 OK\r\nX-Length: none\r\n\r\nuntil the end';
  const backend = await startBackend({ kind: 'answer-and-close', bytes });
  const lb = await startLb(webConfig([backend.address]));
  const client = await connectRaw(lb.address('web'));
  client.send(get('/'));
  const response = await client.response();
  expect(response.status).toBe(200);
  expect(response.body).toBe('until the end');
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: '' });
});

it('relays early hints before the response', async () => {
  const { client } = await connectTo(
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
  );
  client.send(get('/'));
  const hints = await client.response();
  expect(hints.status).toBe(103);
  expect(hints.headers.get('link')).toBe('</a.css>');
  expect(await client.response()).toMatchObject({ status: 200, body: 'hi' });
});

it('answers an HTTP/1.0 client in a form it understands, and closes', async () => {
  const { client } = await connectTo(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  );
  client.send('GET / HTTP/1.0\r\n\r\n');
  const response = await client.response();
  expect(response.headers.get('transfer-encoding')).toBeNull();
  expect(response.body).toBe('hello');
  expect(await client.closed()).toBe('end');
});

it('closes after the response when the client asks for it', async () => {
  const { client } = await connectTo('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
  client.send('GET / HTTP/1.1\r\nHost: lb.test\r\nConnection: close\r\n\r\n');
  const response = await client.response();
  expect(response.body).toBe('hi');
  expect(response.headers.get('connection')).toBe('close');
  expect(await client.closed()).toBe('end');
});

import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tcpConfig, webConfig } from '../helpers/lb-config.ts';
import { connectRaw, dial } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { Lb, startLb, writeConfig } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';

const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

/** The text that a line shows for bytes: UTF-8 where they are that. */
function shown(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    return bytes;
  }
}

describe('a line about a hostile request', () => {
  const LINE_ENDS = /[\r\n]/g;
  /** Latin-1 text of any bytes but line ends, or of what would end a string, a line or a field. */
  const bytes = fc
    .oneof(
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1')),
      fc
        .string({ unit: 'binary', maxLength: 30 })
        .map((text) => Buffer.from(text, 'utf8').toString('latin1')),
      fc.constantFrom(
        '"}',
        '\\',
        '","status":200,"x":"',
        '\x1b[2J',
        '\x00',
        '\x7f',
        '\xe2\x80\xa8',
      ),
    )
    .map((text) => text.replace(LINE_ENDS, ''));
  const request = fc.record({ path: bytes, query: bytes, host: bytes, agent: bytes, id: bytes });
  /** Without what lb refuses in each place. */
  const tamed = ({
    path,
    query,
    agent,
    id,
  }: Record<'path' | 'query' | 'agent' | 'id', string>) => ({
    path: path.replace(/[^!-~]/g, ''),
    query: query.replace(/[^!-~]/g, ''),
    host: 'lb.test',
    agent: agent.replace(/[\p{Cc}]/gu, ''),
    id: id.replace(/[\p{Cc}]/gu, ''),
  });

  it('is one line of JSON that tells what was sent, whatever the bytes', async () => {
    const backend = await startHttpBackend((_request, response) => response.end('ok'));
    const lb = await startLb(
      webConfig([backend.address], { global: { trusted_proxies: ['127.0.0.1'] } }),
    );
    const requests = fc.sample(request, 200);
    const answered: { target: string; agent: string; status: number }[] = [];
    for (const [number, sent] of requests.entries()) {
      // Every second one is well-formed enough, so that some get through.
      const { path, query, host, agent, id } = number % 2 === 0 ? sent : tamed(sent);
      const client = await connectRaw(lb.address('web'));
      const target = `/${path.replace(/[ ?#\t]/g, '')}?${query.replace(/[ #\t]/g, '')}`;
      client.send(
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${agent}\r\nX-Request-ID: ${id}\r\nConnection: close\r\n\r\n`,
      );
      answered.push({ target, agent, status: (await client.response()).status });
    }
    expect(await lb.stop()).toBe(0);
    const lines = lb.lines.filter(({ msg }) => msg === undefined);
    expect(lines.map(({ status }) => status)).toEqual(answered.map(({ status }) => status));
    let passed = 0;
    for (const [number, { target, agent, status }] of answered.entries()) {
      if (status !== 200) continue;
      passed++;
      const { path, query = '', user_agent = '' } = lines[number]!; // one for each
      const [sentPath = '', sentQuery = ''] = target.split(/\?(.*)/s);
      expect(path).toBe(shown(sentPath));
      expect(query).toBe(shown(sentQuery));
      expect(user_agent).toBe(shown(agent.replace(/^[ \t]+|[ \t]+$/g, '')));
    }
    expect(passed).toBeGreaterThan(10);
  });

  it('never holds credentials', async () => {
    const backend = await startEchoBackend();
    const lb = await startLb(webConfig([backend.address]));
    const client = await connectRaw(lb.address('web'));
    const secret = 'c2VjcmV0';
    client.send(
      `GET / HTTP/1.1\r\nHost: lb.test\r\nAuthorization: Basic ${secret}\r\nProxy-Authorization: ${secret}\r\nCookie: id=${secret}\r\nSet-Cookie: id=${secret}\r\n\r\n`,
    );
    await client.response();
    expect(JSON.stringify(await lb.line({ method: 'GET' }))).not.toContain(secret);
  });
});

it('tells of a retried request each attempt that failed, at debug in the operational log, too', async () => {
  const down = await startBackend({ kind: 'refuse' });
  const up = await startEchoBackend();
  const global = { log: { level: 'debug' } };
  const lb = await startLb(webConfig([down.address, up.address], { global }));
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await client.response();
  const failed = { backend: down.address, reason: 'connect_refused', reused: false };
  expect(await lb.line({ method: 'GET' })).toMatchObject({
    attempts: 2,
    attempts_detail: [{ ...failed, duration_ms: expect.any(Number) }],
  });
  expect(await lb.line({ msg: 'attempt failed' })).toMatchObject({ level: 'debug', ...failed });
});

it('tells of probes at debug, and of connections at trace', async () => {
  const backend = await startEchoBackend();
  const pool = { health_check: { type: 'tcp' } };
  const global = { log: { level: 'trace' } };
  const lb = await startLb(webConfig([backend.address], { global, pool }));
  expect(await lb.line({ msg: 'probe ended' })).toMatchObject({
    level: 'debug',
    pool: 'app',
    backend: backend.address,
    ok: true,
  });
  const client = await connectRaw(lb.address('web'));
  const peer = { listener: 'web', client_ip: '127.0.0.1', client_port: client.socket.localPort! };
  expect(await lb.line({ msg: 'connection opened', ...peer })).toMatchObject({ level: 'trace' });
  client.socket.destroy();
  expect(await lb.line({ msg: 'connection closed', ...peer })).toMatchObject({ level: 'trace' });
});

it('says once that a limit is reached, however many are refused', async () => {
  const backend = await startEchoBackend();
  const lb = await startLb(
    webConfig([backend.address], { listener: { limits: { max_connections: 1 } } }),
  );
  const first = await connectRaw(lb.address('web'));
  first.send(GET);
  await first.response();
  for (let refused = 0; refused < 20; refused++) {
    const client = await connectRaw(lb.address('web'));
    expect((await client.response()).status).toBe(503);
  }
  await lb.someLines({ reason: 'connection_limit' }, 20);
  const told = lb.lines.filter(({ msg }) => msg === 'limit reached');
  expect(told).toMatchObject([{ level: 'warn', listener: 'web', limit: 'limits.max_connections' }]);
});

it('tells how a stop goes', async () => {
  const backend = await startBackend({ kind: 'stall' });
  const lb = await startLb(
    webConfig([backend.address], { global: { shutdown: { timeout: '1ms' } } }),
  );
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  await backend.untilRequests(1);
  expect(await lb.stop()).toBe(1);
  const told = lb.lines.flatMap(({ msg }) => msg ?? []);
  expect(told.slice(told.indexOf('stopping'))).toEqual([
    'stopping',
    'draining',
    'connections cut',
    'stopped',
  ]);
});

describe('too few file descriptors', () => {
  const OPEN_FILES = 60;

  /** lb that may have only so many files open. */
  async function startNarrow() {
    const backend = await startEchoBackend();
    const main = resolve(import.meta.dirname, '../../src/main.ts');
    const path = writeConfig(tcpConfig([backend.address]));
    const script = `ulimit -n ${OPEN_FILES} && exec "$0" "$@"`;
    const started = startProcess('sh', ['-c', script, process.execPath, main, 'start', '-c', path]);
    const lb = new Lb(started);
    await lb.line({ msg: 'ready' });
    return lb;
  }

  it('are told at the start, before they are needed', async () => {
    const lb = await startNarrow();
    expect(await lb.line({ msg: 'ready' })).toMatchObject({
      listeners: 1,
      pools: 1,
      backends: 1,
      max_connections: 10_000,
      open_files: OPEN_FILES,
    });
    expect(lb.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', open_files: OPEN_FILES, max_connections: 10_000 }),
    );
  });

  it('are told when they run out, once, and lb serves again when there are some', async () => {
    const lb = await startNarrow();
    const crowd = Array.from({ length: 3 * OPEN_FILES }, () => dial(lb.address('tcp')));
    for (const socket of crowd) socket.on('error', () => undefined);
    await lb.line({ level: 'error', listener: 'tcp' });
    for (const socket of crowd) socket.destroy();
    await expect
      .poll(
        async () => {
          const client = await connectRaw(lb.address('tcp'));
          client.send('GET / HTTP/1.1\r\nHost: lb.test\r\nConnection: close\r\n\r\n');
          await client.closed();
          return client.received.slice(0, 12);
        },
        { timeout: 20_000 },
      )
      .toBe('HTTP/1.1 200');
    const told = lb.lines.filter(({ level }) => level === 'error');
    expect(told).toHaveLength(1);
  });
});

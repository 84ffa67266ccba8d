import { expect, it, onTestFinished } from 'vitest';
import { Backend } from '../../src/backend/backend.ts';
import { Endpoint } from '../../src/backend/endpoint.ts';
import { parseAddress } from '../../src/foundation/address.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import { TimerWheel } from '../../src/foundation/timer-wheel.ts';
import { ActiveChecks } from '../../src/health/active-checks.ts';
import { BackendHealth } from '../../src/health/backend-health.ts';
import { buildProbe, type CheckConfig } from '../../src/health/catalog.ts';
import type { ProbeResult } from '../../src/health/check.ts';
import { ResponseHeads } from '../../src/health/response-heads.ts';
import { IoBuffers } from '../../src/transport/io-buffers.ts';
import { type Behaviour, startBackend } from '../helpers/start-backend.ts';

const TIMING = { intervalMs: 5000, timeoutMs: 2000, unhealthyThreshold: 3, healthyThreshold: 2 };
const HTTP = {
  method: 'GET',
  path: '/health',
  host: '',
  headers: {},
  body: '',
  expected_codes: ['200-399'],
  expected_body: '',
  expected_body_regex: '',
};
type HttpOptions = Partial<Extract<CheckConfig, { type: 'http' }>['options']>;

const http = (options: HttpOptions = {}): CheckConfig => ({
  ...TIMING,
  type: 'http',
  options: { ...HTTP, ...options },
});
const tcp = (send = '', expected = ''): CheckConfig => ({
  ...TIMING,
  type: 'tcp',
  options: { send, expect: expected },
});

function addressOf(text: string) {
  return parseAddress(text)!; // of a backend that listens
}

/** Probes twice, so that what is left of the first probe would show, and gives the second result. */
async function probeTwice(config: CheckConfig, address: string): Promise<ProbeResult> {
  const services = { buffers: new IoBuffers(), heads: new ResponseHeads() };
  let tell: (result: ProbeResult) => void = () => undefined;
  const owner = { onProbed: (result: ProbeResult) => tell(result) };
  const probe = buildProbe(config, new Endpoint(addressOf(address)), services, owner);
  const once = () =>
    new Promise<ProbeResult>((resolve) => {
      tell = resolve;
      probe.start();
    });
  const first = await once();
  const second = await once();
  expect(second).toEqual(first);
  return second;
}

async function resultOf(config: CheckConfig, behaviour: Behaviour): Promise<ProbeResult> {
  const backend = await startBackend(behaviour);
  const result = await probeTwice(config, backend.address);
  await backend.untilClosed(2); // no probe leaves its connection behind
  return result;
}

const answer = (bytes: string): Behaviour => ({ kind: 'answer', bytes });
const close = (bytes: string): Behaviour => ({ kind: 'answer-and-close', bytes });
const response = (body: string, status = '200 OK') =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

it.each<readonly [string, CheckConfig, Behaviour]>([
  ['a status in the range', http(), answer(response('', '399 Odd'))],
  ['one of the codes', http({ expected_codes: ['204', '503'] }), answer(response('', '503 No'))],
  ['the head of an endless body', http(), answer(`${chunked}5\r\nhello\r\n`)],
  [
    'a final response behind an interim one',
    http(),
    answer(`HTTP/1.1 103 Early\r\n\r\n${response('')}`),
  ],
  [
    'a response to HEAD',
    http({ method: 'HEAD' }),
    answer('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'),
  ],
  ['a response byte by byte', http(), { kind: 'slow-drip', bytes: response(''), everyMs: 1 }],
  [
    'text in the body',
    http({ expected_body: 'all well' }),
    answer(response('so: all well, thanks')),
  ],
  [
    'text over chunks',
    http({ expected_body: 'hello' }),
    answer(`${chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`),
  ],
  [
    'a pattern in the body',
    http({ expected_body_regex: '^load: \\d+$' }),
    answer(response('load: 17')),
  ],
  ['text before the close', http({ expected_body: 'ok' }), close('HTTP/1.1 200 OK\r\n\r\nok')],
  ['being accepted', tcp(), { kind: 'stall' }],
  ['the expected answer', tcp('PING\r\n\r\n', '+PONG'), answer('+PONG\r\n')],
  [
    'an answer in pieces',
    tcp('PING\r\n\r\n', '+PONG'),
    { kind: 'slow-drip', bytes: '+PONG', everyMs: 1 },
  ],
])('passes for %s', async (_name, config, behaviour) => {
  expect(await resultOf(config, behaviour)).toEqual({ ok: true, why: 'the probe passed' });
});

it.each<readonly [string, CheckConfig, Behaviour, string]>([
  ['another status', http(), answer(response('', '503 No')), 'status 503, expected 200-399'],
  [
    'a redirect where only 200 will do',
    http({ expected_codes: ['200'] }),
    answer(response('', '302 F')),
    'status 302, expected 200',
  ],
  [
    'another body',
    http({ expected_body: 'ok' }),
    answer(response('not well')),
    'the body is not what was expected',
  ],
  [
    'no body',
    http({ expected_body: 'ok' }),
    answer(response('', '204 No')),
    'the body is not what was expected',
  ],
  [
    'a body against the pattern',
    http({ expected_body_regex: '^ok$' }),
    answer(response('not ok')),
    'the body is not what was expected',
  ],
  [
    'text behind 64 KiB',
    http({ expected_body: 'ok' }),
    answer(response(`${' '.repeat(65_536)}ok`)),
    'the body is not what was expected',
  ],
  ['garbage', http(), { kind: 'garbage' }, 'the response is malformed: bad_status_line'],
  [
    'two lengths',
    http(),
    answer('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'),
    'the response is malformed: repeated_content_length',
  ],
  [
    'broken chunks',
    http({ expected_body: 'ok' }),
    answer(`${chunked}zz\r\n`),
    'the response is malformed: bad_chunk_size',
  ],
  [
    'half a head',
    http(),
    { kind: 'truncate', bytes: response(''), keep: 20 },
    'the backend closed the connection without a whole response',
  ],
  [
    'half a body',
    http({ expected_body: 'ok' }),
    { kind: 'truncate', bytes: response('not ok'), keep: 41 },
    'the backend closed the connection without a whole response',
  ],
  ['a reset', http(), { kind: 'reset' }, 'the connection was reset'],
  [
    'a close',
    http(),
    { kind: 'early-close' },
    'the backend closed the connection without a whole response',
  ],
  [
    'another answer',
    tcp('PING\r\n\r\n', '+PONG'),
    close('-LOADING'),
    'the backend closed the connection without saying what was expected',
  ],
  [
    'endless talk',
    tcp('PING\r\n\r\n', '+PONG'),
    answer('x'.repeat(20_000)),
    'what was expected is not in the first 16 KiB of the answer',
  ],
])('fails for %s', async (_name, config, behaviour, why) => {
  expect(await resultOf(config, behaviour)).toEqual({ ok: false, why });
});

it('says who refused', async () => {
  const backend = await startBackend({ kind: 'refuse' });
  const why = `${backend.address} refused the connection`;
  expect(await probeTwice(http(), backend.address)).toEqual({ ok: false, why });
});

it.each([
  [
    'a name stays at an address that accepts, whatever it answers',
    answer(response('', '503 No')),
    0,
  ],
  ['a name goes on to the next address when one refuses', { kind: 'refuse' } as const, 1],
])('%s', async (_, behaviour, next) => {
  const backend = await startBackend(behaviour);
  const [host = '', port] = backend.address.split(':');
  const hosts = [host, '127.0.0.3'];
  const endpoint = new Endpoint(addressOf(`backend.test:${port}`));
  endpoint.resolve(hosts);
  const services = { buffers: new IoBuffers(), heads: new ResponseHeads() };
  await new Promise((onProbed) => buildProbe(http(), endpoint, services, { onProbed }).start());
  expect(endpoint.target).toMatchObject({ host: hosts[next] });
});

it('asks as it is told to', async () => {
  const backend = await startBackend(answer(response('')));
  await probeTwice(
    http({
      method: 'POST',
      path: '/x?y=1',
      host: 'shop.test',
      headers: { 'user-agent': 'me', 'X-A': 'b' },
      body: 'p=1',
    }),
    backend.address,
  );
  const request =
    'POST /x?y=1 HTTP/1.1\r\nHost: shop.test\r\nuser-agent: me\r\nAccept: */*\r\nConnection: close\r\nContent-Length: 3\r\nX-A: b\r\n\r\np=1';
  expect(backend.received).toBe(request + request);
});

it.each([
  ['GET', ''],
  ['HEAD', ''],
  ['POST', 'Content-Length: 0\r\n'],
])('names the address of the backend and itself by default: %s', async (method, length) => {
  const backend = await startBackend(answer(response('')));
  await probeTwice(http({ method }), backend.address);
  const request =
    `${method} /health HTTP/1.1\r\nHost: ${backend.address}\r\nUser-Agent: lb-health/1\r\n` +
    `Accept: */*\r\nConnection: close\r\n${length}\r\n`;
  expect(backend.received).toBe(request + request);
});

/** Checks with a wheel that never turns: only the first probes run. @returns what has become of the backends. */
function runChecks(pairs: readonly (readonly [CheckConfig, string])[]): readonly BackendHealth[] {
  const wheel = new TimerWheel(systemClock);
  const services = { wheel, clock: systemClock, buffers: new IoBuffers(), random: () => 0.5 };
  const checks = new ActiveChecks(services);
  const backends = pairs.map(([config, address], at) => {
    const health = new BackendHealth(new Backend(`b${at}`, 'pool', addressOf(address), 0), {
      refresh: () => undefined,
      onProbe: () => undefined,
      onChange: () => undefined,
      wallClock: Date.now,
    });
    checks.add(config, health);
    return health;
  });
  onTestFinished(() => checks.stop());
  checks.start();
  return backends;
}

it('probes once for all pools that check an address alike, and tells each', async () => {
  const backend = await startBackend(answer(response('', '503 No')));
  const { address } = backend;
  const backends = runChecks([
    [http(), address],
    [http(), address],
    [http({ path: '/other' }), address],
    [{ ...http(), intervalMs: 1000 }, address],
  ]);
  const states = () => backends.map(({ state }) => state);
  await expect.poll(states).toEqual(['down', 'down', 'down', 'down']);
  expect(backend.accepted).toBe(3);
});

it('never has more than 64 probes running', async () => {
  const silent = await startBackend({ kind: 'stall' });
  const different = Array.from({ length: 100 }, (_, at) => http({ path: `/${at}` }));
  runChecks(different.map((config) => [config, silent.address]));
  await silent.untilRequests(64);
  // The 65th would have been dialled in the same turn as the others.
  expect(silent.accepted).toBe(64);
});

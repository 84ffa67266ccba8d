import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OrderAnswer } from '../../src/api/operator.ts';
import { parseState } from '../../src/state/state-document.ts';
import { type ConfigPart, type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { type OperatedLb, startOperated } from '../helpers/operated-lb.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { connectWebSocket, echo, startWebSocketBackend } from '../helpers/start-websocket.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';

async function startNamed(name: string) {
  const { address } = await startHttpBackend((_request, response) => response.end(name));
  return { name, address };
}

/** Who answers so many requests on one connection, in order of their names. */
async function whoAnswers(operated: OperatedLb, count: number): Promise<readonly string[]> {
  const client = await connectRaw(operated.lb.address('web'));
  const names: string[] = [];
  for (let n = 0; n < count; n++) {
    client.send(GET);
    names.push((await client.response()).body);
  }
  return names.toSorted();
}

const orderPath = (backend: string) => `/api/v1/pools/app/backends/${backend}/order`;
const weighted: ConfigPart = { algorithm: 'weighted_round_robin' };

/** A config of these backends, which keeps its state in a folder of its own. */
function configOf(backends: readonly ConfigPart[], global: ConfigPart = {}): LbConfig {
  return webConfig([], { global, pool: { ...weighted, backends } });
}

describe('an order', () => {
  it('takes a backend out of new traffic and gives it back, and says who wanted it', async () => {
    const [a, b] = await Promise.all([startNamed('a'), startNamed('b')]);
    const operated = await startOperated(configOf([a, b]));
    expect(await whoAnswers(operated, 4)).toEqual(['a', 'a', 'b', 'b']);
    for (const order of ['draining', 'maintenance']) {
      const { body } = await operated.api('PUT', orderPath('a'), { order, why: 'new disk' });
      expect(body).toMatchObject({ changed: true, backend: { state: order, eligible: false } });
      expect(await whoAnswers(operated, 2)).toEqual(['b', 'b']);
      expect((await operated.status()).drift).toEqual([
        expect.objectContaining({ kind: 'order', pool: 'app', backend: 'a', what: order }),
      ]);
    }
    const again = await operated.api('PUT', orderPath('a'), { order: 'maintenance' });
    expect(again.body).toMatchObject({ changed: false, backend: { why: 'new disk' } });
    await operated.api('PUT', orderPath('a'), { order: 'ready' });
    expect(await whoAnswers(operated, 4)).toEqual(['a', 'a', 'b', 'b']);
    expect((await operated.status()).drift).toEqual([]);
    const audit = operated.lb.lines.filter(({ msg }) => msg === 'ordered');
    expect(audit).toMatchObject([
      { from: 'ready', to: 'draining', why: 'new disk', who: 'control socket', backend: 'a' },
      { from: 'draining', to: 'maintenance' },
      { from: 'maintenance', to: 'ready', why: '' },
    ]);
  });

  it('lets what is in flight end, and whoever waits hears of it', async () => {
    const slow = await startHoldingBackend();
    const other = await startNamed('b');
    const operated = await startOperated(configOf([{ name: 'a', address: slow.address }, other]));
    const client = await connectRaw(operated.lb.address('web'));
    client.send(GET);
    await slow.until(1);
    await operated.api('PUT', orderPath('a'), { order: 'draining' });
    const path = '/api/v1/pools/app/backends/a?wait=60';
    const waited = operated.api('GET', path);
    expect((await operated.api('GET', '/api/v1/pools/app/backends/a')).body.in_flight).toBe(1);
    slow.release();
    expect((await client.response()).status).toBe(200);
    expect((await waited).body).toMatchObject({ in_flight: 0, state: 'draining' });
  });

  it('keeps the clients of a draining backend, and not those of one in maintenance', async () => {
    const [a, b] = await Promise.all([startNamed('a'), startNamed('b')]);
    const pool = { ...weighted, backends: [a, b], sticky: { cookie: 'at' } };
    const operated = await startOperated(webConfig([], { pool }));
    const client = await connectRaw(operated.lb.address('web'));
    client.send(GET);
    const first = await client.response();
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const sticky = async () => {
      client.send(GET.replace('\r\n\r\n', `\r\nCookie: ${cookie}\r\n\r\n`));
      return (await client.response()).body;
    };
    await operated.api('PUT', orderPath(first.body), { order: 'draining' });
    expect(await sticky()).toBe(first.body);
    await operated.api('PUT', orderPath(first.body), { order: 'maintenance' });
    expect(await sticky()).not.toBe(first.body);
  });

  it('closes WebSockets and TCP sessions when drain_timeout is over, and not before', async () => {
    const [chat, tcp] = await Promise.all([echo, echo].map((each) => startWebSocketBackend(each)));
    const pool = (address: string, timeout: string) => ({
      backends: [{ name: 'a', address }],
      health_check: 'off',
      drain_timeout: timeout,
    });
    const operated = await startOperated({
      listeners: [
        { name: 'chat', bind: '127.0.0.1:0', pool: 'chat' },
        { name: 'tcp', protocol: 'tcp', bind: '127.0.0.1:0', pool: 'tcp' },
      ],
      pools: { chat: pool(chat!, '300ms'), tcp: pool(tcp!, '1h') },
    });
    const socket = await connectWebSocket(operated.lb.address('chat'));
    const session = await connectWebSocket(operated.lb.address('tcp'));
    const order = (name: string, to: string) =>
      operated.api('PUT', `/api/v1/pools/${name}/backends/a/order`, { order: to });
    await order('chat', 'draining');
    await order('tcp', 'maintenance');
    await socket.closed;
    await operated.lb.line({ reason: 'drain_timeout', pool: 'chat' });
    session.session.send('still here');
    expect(String(await session.message())).toBe('still here');
    expect((await operated.status()).leaving).toMatchObject([{ name: 'tcp/a', in_flight: 1 }]);
    await order('tcp', 'ready');
    expect((await operated.status()).leaving).toEqual([]);
  });
});

describe('a change of the configuration', () => {
  it('adds, reweights and removes backends, and goes back to the file', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(startNamed));
    const operated = await startOperated(configOf([a!, b!]));
    const backends = '/api/v1/pools/app/backends';
    const added = await operated.api('POST', backends, { ...c, why: 'a rush' });
    expect(added.body).toMatchObject({ changed: true, message: 'app/c is added' });
    expect(await whoAnswers(operated, 3)).toEqual(['a', 'b', 'c']);
    await operated.api('DELETE', `${backends}/b`);
    expect(await whoAnswers(operated, 2)).toEqual(['a', 'c']);
    await operated.api('PUT', `${backends}/a/weight`, { weight: 3 });
    expect(await whoAnswers(operated, 4)).toEqual(['a', 'a', 'a', 'c']);
    await operated.api('PUT', `${backends}/c/weight`, { weight: 3 });
    expect(await whoAnswers(operated, 4)).toEqual(['a', 'a', 'c', 'c']);
    expect((await operated.status()).drift.map(({ what }) => what).toSorted()).toEqual([
      `added at ${c!.address}, weight 3`,
      'removed',
      'weight 1 → 3',
    ]);
    await operated.reloadSame();
    expect(await whoAnswers(operated, 4)).toEqual(['a', 'a', 'c', 'c']);
    for (const name of ['a', 'b', 'c']) await operated.api('POST', `${backends}/${name}/reset`);
    expect(await whoAnswers(operated, 2)).toEqual(['a', 'b']);
    expect(await operated.status()).toMatchObject({ drift: [], generation: 8 });
  });

  it('is forgotten, with a line, when the file says the same or its pool is gone', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(startNamed));
    const operated = await startOperated(configOf([a!, b!]));
    const backends = '/api/v1/pools/app/backends';
    await operated.api('POST', backends, c);
    await operated.api('PUT', `${backends}/a/weight`, { weight: 3 });
    await operated.api('DELETE', `${backends}/b`);
    await operated.reloadSame(configOf([{ ...a!, weight: 3 }, c!]));
    expect((await operated.status()).drift).toEqual([]);
    expect(await operated.lb.someLines({ msg: 'ordered change dropped' }, 3)).toMatchObject([
      { backend: 'c', because: 'the file has this backend' },
      { backend: 'a', because: 'the file says the same' },
      { backend: 'b', because: 'the file does not have this backend' },
    ]);
  });

  it('is refused when it cannot be, with what is allowed, and nothing has changed', async () => {
    const [a, b] = [1, 2].map((port, n) => ({ name: 'ab'[n], address: `127.0.0.1:${port}` }));
    const operated = await startOperated(configOf([a!, b!]));
    const weightPath = orderPath('a').replace('order', 'weight');
    const backends = '/api/v1/pools/app/backends';
    for (const [method, path, body, status, message] of [
      ['DELETE', '/api/v1/pools/ap/backends/a', undefined, 404, 'did you mean "app"?'],
      ['PUT', orderPath('other'), { order: 'ready' }, 404, 'there is a, b'],
      ['PUT', orderPath('a'), { order: 'drain' }, 400, 'ready, draining, maintenance'],
      ['PUT', orderPath('a'), {}, 400, 'order is missing'],
      ['PUT', orderPath('a'), { order: 'ready', wy: 'x' }, 400, '"why"'],
      ['PUT', weightPath, { weight: -1 }, 400, '0 to 1000'],
      ['POST', backends, { address: ':80' }, 400, 'names no host'],
      ['POST', backends, { address: '127.0.0.1:1' }, 409, 'already'],
    ] as const) {
      const answer = await operated.api(method, path, body);
      expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
    }
    expect(await operated.status()).toMatchObject({ drift: [], generation: 1 });
  });

  it('leaves a pool its last backend, and weights to algorithms that heed them', async () => {
    const pool = { backends: [{ name: 'a', address: '127.0.0.1:1' }] };
    const operated = await startOperated(webConfig([], { pool }));
    const path = '/api/v1/pools/app/backends/a';
    expect((await operated.api('DELETE', path)).body.message).toContain('lb maintenance');
    await operated.api('POST', '/api/v1/pools/app/backends', { address: '127.0.0.1:2' });
    const refused = await operated.api('PUT', `${path}/weight`, { weight: 5 });
    expect(refused.status).toBe(409);
    expect(refused.body.message).toContain('round_robin ignores weights');
    expect((await operated.api('PUT', `${path}/weight`, { weight: 0 })).status).toBe(200);
  });
});

describe('what people have said', () => {
  it('survives a restart', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(startNamed));
    const state_file = join(makeTempDir(), 'state.json');
    const config = configOf([a!, b!], { state_file });
    const operated = await startOperated(config);
    const backends = '/api/v1/pools/app/backends';
    await operated.api('PUT', orderPath('a'), { order: 'draining', why: 'new disk' });
    await operated.api('POST', backends, { ...c, weight: 2 });
    await operated.api('DELETE', `${backends}/b`);
    const { drift } = await operated.status();
    expect(drift).toHaveLength(3);
    await operated.lb.stop('SIGKILL');
    const after = await startLb({
      ...config,
      global: { ...config.global, control: operated.control },
    });
    expect((await operated.status()).drift).toEqual(drift);
    expect(await whoAnswers({ ...operated, lb: after } as OperatedLb, 2)).toEqual(['c', 'c']);
  });

  it('is in a file that loads, whenever lb is killed', async () => {
    const state_file = join(makeTempDir(), 'state.json');
    const config = configOf([{ name: 'a', address: '127.0.0.1:1' }], { state_file });
    for (let round = 0; round < 4; round++) {
      const operated = await startOperated(config);
      let given = 0;
      let killed = false;
      const giving = (async () => {
        while (!killed) {
          const address = `127.0.0.1:${1000 * (round + 1) + given++}`;
          await operated.api('POST', '/api/v1/pools/app/backends', { address }).catch(() => null);
        }
      })();
      // Killed in the middle of whatever comes after so many orders.
      await expect
        .poll(() => given, { timeout: 20_000, interval: 1 })
        .toBeGreaterThan(5 + 7 * round);
      killed = true;
      await operated.lb.stop('SIGKILL');
      await giving;
      if (existsSync(state_file)) parseState(readFileSync(state_file, 'utf8'));
    }
    const { overlay } = parseState(readFileSync(state_file, 'utf8'));
    expect(overlay.length).toBeGreaterThan(5);
  });

  it('comes one after the other, with reloads between', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const all = names.map((name, n) => ({ name, address: `127.0.0.1:${n + 1}` }));
    const operated = await startOperated(configOf(all));
    const slow = configOf(all, { limits: { max_connections: 5000 } });
    const orders: Promise<{ status: number; body: OrderAnswer }>[] = [];
    for (let n = 0; n < 20; n++) {
      operated.write(n % 2 === 0 ? slow : configOf(all));
      operated.lb.signal('SIGHUP');
      const address = `127.0.0.1:${n + 100}`;
      orders.push(
        operated.api('PUT', orderPath('a'), { order: n % 2 === 0 ? 'draining' : 'ready' }),
        operated.api('POST', '/api/v1/pools/app/backends', { address, name: `x${n}` }),
        operated.api('PUT', '/api/v1/pools/app/backends/b/weight', { weight: n + 2 }),
      );
      if (n % 4 === 3) await Promise.all(orders);
    }
    const answers = await Promise.all(orders);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await operated.api('POST', '/api/v1/reload');
    const { pools, drift } = await operated.status();
    const backends = pools[0]!.backends.map(({ name }) => name);
    expect(backends.toSorted()).toEqual(
      [...names, ...answers.flatMap((_, n) => (n < 20 ? [`x${n}`] : []))].toSorted(),
    );
    expect(drift.filter(({ kind }) => kind === 'weight')).toHaveLength(1);
  });
});

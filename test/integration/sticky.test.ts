import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { curl, runCurl } from '../helpers/curl.ts';
import { startFaultBackend } from '../helpers/fault-backend.ts';
import { type ConfigPart, type Overrides, tcpConfig, webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { describeWith } from '../helpers/requires.ts';
import { type Echo, startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { runLb, startLb, writeConfig } from '../helpers/start-lb.ts';
import { startWebSocketBackend, WebSocketClient } from '../helpers/start-websocket.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const secret = 'sixteen-or-more-characters';
const names = ['one', 'two', 'three'];

/** Three backends that answer with their names, and the configuration of an lb in front of them. */
async function startBackends() {
  const backends = await Promise.all(
    names.map((name) => startHttpBackend((_, response) => response.end(name))),
  );
  const described = backends.map(({ address }, at) => ({ name: names[at], address }));
  const config = (sticky: ConfigPart = { secret }, { pool, ...rest }: Overrides = {}) =>
    webConfig([], { ...rest, pool: { backends: described, sticky, ...pool } });
  const kill = (name: string) => backends[names.indexOf(name)]?.kill();
  return { config, described, kill };
}

/** A browser's part: keeps cookies in a jar, over several runs. */
function makeClient() {
  const jar = join(makeTempDir(), 'jar');
  const keep = ['--cookie', jar, '--cookie-jar', jar];
  return {
    get: (address: string, ...args: readonly string[]) =>
      curl(...keep, ...args, `http://${address}/`),
    /** Each answer's name, and how many of them set a cookie. */
    async getMany(address: string, times: number) {
      const { stdout } = await runCurl('--include', ...keep, `http://${address}/[1-${times}]`);
      const bodies = [...stdout.matchAll(/\r\n\r\n(one|two|three)/g)].map(([, name]) => name);
      return { bodies, set: stdout.match(/^Set-Cookie: /gim)?.length ?? 0 };
    },
  };
}

describeWith('curl')('a client of a sticky pool, as curl keeps its cookies', () => {
  it('gets one cookie and stays with the backend that gave it', async () => {
    const { config } = await startBackends();
    const lb = await startLb(config());
    const client = makeClient();
    const first = await client.get(lb.address('web'));
    expect(first.headers.get('set-cookie')).toMatch(
      /^lb=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(first.headers.get('cache-control')).toBe('private');
    const { bodies, set } = await client.getMany(lb.address('web'), 100);
    expect(bodies).toEqual(Array(100).fill(first.body));
    expect(set).toBe(0);
  });

  it('leaves the algorithm in charge of those who come without one', async () => {
    const { config } = await startBackends();
    const lb = await startLb(config());
    const answers = await Promise.all(names.map(() => makeClient().get(lb.address('web'))));
    expect(answers.map(({ body }) => body).sort()).toEqual([...names].sort());
  });

  it.each([
    ['a secret', { secret }],
    ['none', {}],
  ])('stays there after a restart, and through another lb, with %s', async (_, sticky) => {
    const { config } = await startBackends();
    const [before, beside] = await Promise.all([startLb(config(sticky)), startLb(config(sticky))]);
    const client = makeClient();
    const first = await client.get(before.address('web'));
    expect(await before.stop()).toBe(0);
    const after = await startLb(config(sticky));
    for (const lb of [beside, after]) {
      const { bodies, set } = await client.getMany(lb.address('web'), 10);
      expect(bodies).toEqual(Array(10).fill(first.body));
      expect(set).toBe(0);
    }
  });

  it('stays there over reloads: while others come, and while its own takes nobody new', async () => {
    const { config, described } = await startBackends();
    const reloadable = await startReloadable(config());
    const client = makeClient();
    const address = reloadable.lb.address('web');
    const { body: mine } = await client.get(address);
    const another = await startEchoBackend('another');
    const more = [{ name: 'another', address: another.address }, ...described];
    const closed = described.map((backend) => ({
      ...backend,
      weight: backend.name === mine ? 0 : 1,
    }));
    for (const backends of [more, closed]) {
      await reloadable.reload(config({ secret }, { pool: { backends } }));
      expect(await client.getMany(address, 10)).toEqual({ bodies: Array(10).fill(mine), set: 0 });
    }
    // Out of the configuration it keeps nobody: the client is handed over, once.
    const rest = described.filter(({ name }) => name !== mine);
    await reloadable.reload(config({ secret }, { pool: { backends: rest } }));
    const { bodies, set } = await client.getMany(address, 10);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).not.toBe(mine);
    expect(set).toBe(1);
  });

  it('stays with a backend that takes nobody new any more', async () => {
    const { config, described } = await startBackends();
    const before = await startLb(config());
    const client = makeClient();
    const { body: mine } = await client.get(before.address('web'));
    const backends = described.map((backend) => ({
      ...backend,
      weight: backend.name === mine ? 0 : 1,
    }));
    const after = await startLb(config({ secret }, { pool: { backends } }));
    expect(await client.getMany(after.address('web'), 10)).toEqual({
      bodies: Array(10).fill(mine),
      set: 0,
    });
    for (let i = 0; i < 4; i++) {
      expect((await makeClient().get(after.address('web'))).body).not.toBe(mine);
    }
  });

  it('is handed over when that backend dies, once and for all', async () => {
    const { config, kill } = await startBackends();
    const lb = await startLb(config());
    const client = makeClient();
    const { body: mine, headers } = await client.get(lb.address('web'));
    await kill(mine);
    const answer = await client.get(lb.address('web'));
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).not.toBe(mine);
    expect(answer.headers.get('set-cookie')).toMatch(/^lb=/);
    expect(answer.headers.get('set-cookie')).not.toBe(headers.get('set-cookie'));
    const { bodies, set } = await client.getMany(lb.address('web'), 20);
    expect(bodies).toEqual(Array(20).fill(answer.body));
    expect(set).toBe(0);
  });

  it('is handed over when that backend serves, but fails its checks', async () => {
    const sick = new Set<string>();
    const backends = await Promise.all(
      names.map(async (name) => {
        const { address } = await startHttpBackend((request, response) => {
          response.statusCode = request.url === '/health' && sick.has(name) ? 500 : 200;
          response.end(name);
        });
        return { name, address };
      }),
    );
    const health_check = { type: 'http', path: '/health', interval: '100ms', timeout: '2s' };
    const pool = { backends, sticky: { secret }, health_check };
    const lb = await startLb(webConfig([], { pool }));
    const client = makeClient();
    const { body: mine } = await client.get(lb.address('web'));
    sick.add(mine);
    await lb.line({ msg: 'backend state', level: 'warn', backend: mine });
    const answer = await client.get(lb.address('web'));
    expect(answer.body).not.toBe(mine);
    expect(answer.headers.get('set-cookie')).toMatch(/^lb=/);
    expect((await client.getMany(lb.address('web'), 10)).bodies).toEqual(
      Array(10).fill(answer.body),
    );
  });

  it('is balanced anew, and given a valid cookie, when it comes with a forged one', async () => {
    const { config } = await startBackends();
    const lb = await startLb(config());
    for (const forged of ['lb=one', `lb=${'A'.repeat(22)}`, 'lb=', 'lb="', 'lb=;;=;']) {
      const { status, headers } = await curl('-b', forged, `http://${lb.address('web')}/`);
      expect(status).toBe(200);
      expect(headers.get('set-cookie')).toMatch(/^lb=[\w-]{22};/);
    }
  });
});

describeWith('curl')('Secure', () => {
  const https = ['-H', 'X-Forwarded-Proto: https'];

  it.each<[string, ConfigPart, readonly string[], boolean]>([
    ['a trusted proxy that says https', { trusted_proxies: ['127.0.0.0/8'] }, https, true],
    ['a trusted proxy that says nothing', { trusted_proxies: ['127.0.0.0/8'] }, [], false],
    ['anybody else', { trusted_proxies: ['10.0.0.0/8'] }, https, false],
  ])('is said to %s: %#', async (_, global, args, said) => {
    const { config } = await startBackends();
    const lb = await startLb(config({ secret }, { global }));
    const { headers } = await curl(...args, `http://${lb.address('web')}/`);
    expect(headers.get('set-cookie')?.includes('; Secure')).toBe(said);
  });
});

describe('a WebSocket', () => {
  it('gets its cookie with the 101, and opens where the cookie says', async () => {
    const backends = await Promise.all(
      names.map((name) => startWebSocketBackend((session) => session.send(name))),
    );
    const lb = await startLb(webConfig(backends, { pool: { sticky: { secret } } }));
    const open = async (headers: Readonly<Record<string, string>>) => {
      const session = new WebSocket(`ws://${lb.address('web')}/`, { headers });
      const upgraded = once(session, 'upgrade') as Promise<[IncomingMessage]>;
      const client = new WebSocketClient(session);
      const [response] = await upgraded;
      return { name: String(await client.message()), set: response.headers['set-cookie'] ?? [] };
    };
    const { name, set } = await open({});
    expect(set).toEqual([expect.stringMatching(/^lb=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/)]);
    const cookie = set[0]?.split(';')[0] ?? '';
    for (let i = 0; i < 5; i++) expect(await open({ cookie })).toEqual({ name, set: [] });
  });
});

describeWith('curl')('a sticky client', () => {
  it('keeps its backend when an idle connection to it breaks under the request', async () => {
    const backends = await Promise.all([startFaultBackend(), startFaultBackend()]);
    const addresses = backends.map(({ address }) => address);
    const lb = await startLb(webConfig(addresses, { pool: { sticky: { secret } } }));
    const client = makeClient();
    const first = await client.get(lb.address('web'));
    expect(first.headers.get('set-cookie')).toMatch(/^lb=/);
    const { backend } = await lb.line({ status: 200 });
    const mine = backends.find(({ address }) => address === backend)!; // one has answered
    mine.plan = { at: 'request', said: '', rest: '', turn: 'reset' };
    const [answer] = await Promise.all([client.get(lb.address('web')), mine.takeTurn()]);
    expect(answer).toMatchObject({ status: 200, body: 'plain' });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await lb.line({ attempts: 2 })).toMatchObject({ backend: mine.address });
  });

  it('has its cookie passed on to the backend, with those of others', async () => {
    const backend = await startEchoBackend();
    const lb = await startLb(webConfig([backend.address], { pool: { sticky: { secret } } }));
    const { body } = await curl('-b', 'a=b; lb=x; c="d"', `http://${lb.address('web')}/`);
    expect((JSON.parse(body) as Echo).headers.cookie).toBe('a=b; lb=x; c="d"');
  });

  it('is set no cookie by an answer of lb itself', async () => {
    const { config, kill } = await startBackends();
    const lb = await startLb(config());
    await Promise.all(names.map(kill));
    const { status, headers } = await curl(`http://${lb.address('web')}/`);
    expect([502, 503]).toContain(status); // by whether a check has noticed
    expect(headers.get('set-cookie')).toBeNull();
  });
});

describe('a client whose backend is full', () => {
  /** Two backends of which the client's own is busy with a request of another one, until that is let go. */
  async function startFull(queue: ConfigPart) {
    const busy = new EventEmitter();
    const slow = await startHttpBackend((request, response) => {
      if (request.url === '/hold') busy.emit('held', () => response.end('slow'));
      else response.end('slow');
    });
    const fast = await startHttpBackend((_, response) => response.end('fast'));
    const backends = [{ address: slow.address, max_connections: 1 }, fast.address];
    const lb = await startLb(webConfig([], { pool: { backends, queue, sticky: { secret } } }));
    const send = async (path: string, cookie: string) => {
      const client = await connectRaw(lb.address('web'));
      client.send(`GET ${path} HTTP/1.1\r\nHost: lb.test\r\nCookie: ${cookie}\r\n\r\n`);
      return client;
    };
    const first = await (await send('/', 'none=yet')).response();
    expect(first.body).toBe('slow'); // the first in turn
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const held = once(busy, 'held') as Promise<[() => void]>;
    const other = await send('/hold', cookie);
    const [letGo] = await held;
    return { send, cookie, other, letGo };
  }

  it('waits for it rather than lose its session', async () => {
    const { send, cookie, other, letGo } = await startFull({ timeout: '30s' });
    const waiting = await send('/', cookie);
    expect((await (await send('/', 'none=yet')).response()).body).toBe('fast');
    letGo();
    expect((await other.response()).body).toBe('slow');
    const answer = await waiting.response();
    expect(answer.body).toBe('slow');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it.each([
    ['the wait is over', { timeout: '20ms' }],
    ['too many wait already', { max_waiting: 0 }],
  ])('is handed over when %s', async (_, queue) => {
    const { send, cookie, letGo } = await startFull(queue);
    const answer = await (await send('/', cookie)).response();
    expect(answer).toMatchObject({ status: 200, body: 'fast' });
    expect(answer.headers.get('set-cookie')).toMatch(/^lb=/);
    letGo();
  });
});

it('is refused for a pool of TCP', async () => {
  const config = tcpConfig(['127.0.0.1:1'], { pool: { sticky: {} } });
  const { code, stderr } = await runLb(['check', '-c', writeConfig(config)]);
  expect(code).toBe(2);
  expect(stderr).toContain('listeners[0].pool: "app" is sticky by cookie, which tcp has none of');
});

import { get } from 'node:http';
import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { type HttpBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';

/** Backends that say who they are. */
function startNamed(names: readonly string[]): Promise<HttpBackend[]> {
  return Promise.all(names.map((name) => startHttpBackend((_, response) => response.end(name))));
}

/** Who answers each of `count` requests, one after another on one connection. */
async function answers(lb: Lb, count: number, target = '/', fields = ''): Promise<string[]> {
  const client = await connectRaw(lb.address('web'));
  const names: string[] = [];
  for (let at = 0; at < count; at++) {
    client.send(`GET ${target} HTTP/1.1\r\nHost: lb.test\r\n${fields}\r\n`);
    names.push((await client.response()).body);
  }
  return names;
}

/** The same, each request with a path of its own. */
async function answersByPath(lb: Lb, count: number): Promise<string[]> {
  const client = await connectRaw(lb.address('web'));
  const names: string[] = [];
  for (let at = 0; at < count; at++) {
    client.send(`GET /${at} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
    names.push((await client.response()).body);
  }
  return names;
}

function countOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Of 1,000 requests with keys of their own, to weights of 5, 3 and 2: how far a share may be off, by chance or by hash. */
const weightedShares: readonly (readonly [algorithm: unknown, slack: number])[] = [
  ['weighted_round_robin', 0],
  ['weighted_least_connections', 1],
  ['weighted_random', 64], // four standard deviations
  [{ name: 'consistent_hash', key: 'path' }, 100],
];

it.each(weightedShares)('shares 1,000 requests by weight: %j', async (algorithm, slack) => {
  const backends = weighted(await startNamed(['a', 'b', 'c']));
  const lb = await startLb(webConfig([], { pool: { algorithm, backends } }));
  expectByWeight(await answersByPath(lb, 1000), slack);
});

function weighted([a, b, c]: readonly HttpBackend[]) {
  return [
    { address: a!.address, weight: 5 },
    { address: b!.address, weight: 3 },
    { address: c!.address, weight: 2 },
  ];
}

/** @param names of a thousand answers. */
function expectByWeight(names: readonly string[], slack: number): void {
  const counts = countOf(names);
  for (const [name, share] of Object.entries({ a: 500, b: 300, c: 200 })) {
    expect(
      Math.abs((counts[name] ?? 0) - share),
      `${name} of ${JSON.stringify(counts)}`,
    ).toBeLessThanOrEqual(slack);
  }
}

/**
 * Of 1,000 requests to three backends, one after another, by keys of their own: the fewest and the most that one of them
 * may get. A backend is never busy when the next request comes, so load says nothing here and ties decide; by chance
 * alone, 333 vary by 15 (one standard deviation).
 */
const shares: readonly (readonly [algorithm: unknown, least: number, most: number])[] = [
  ['round_robin', 333, 334],
  ['weighted_round_robin', 333, 334],
  ['least_connections', 333, 334],
  ['weighted_least_connections', 333, 334],
  ['random', 250, 420],
  ['weighted_random', 250, 420],
  ['power_of_two', 250, 420],
  // By how soon each has answered, which is never quite equal: nobody is left out.
  ['least_response_time', 1, 998],
  [{ name: 'consistent_hash', key: 'path' }, 150, 550],
];

it.each(shares)('spreads 1,000 requests by %j', async (algorithm, least, most) => {
  const backends = await startNamed(['a', 'b', 'c']);
  const lb = await startLb(
    webConfig(
      backends.map(({ address }) => address),
      { pool: { algorithm } },
    ),
  );
  const names = await answersByPath(lb, 1000);
  const counts = ['a', 'b', 'c'].map((name) => countOf(names)[name] ?? 0);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(least);
  expect(Math.max(...counts)).toBeLessThanOrEqual(most);
});

it('keeps each client address at one backend by ip_hash, and spreads the addresses', async () => {
  const backends = await startNamed(['a', 'b', 'c']);
  const addresses = backends.map(({ address }) => address);
  const config = webConfig(addresses, { pool: { algorithm: 'ip_hash' } });
  const [lb, another] = await Promise.all([startLb(config), startLb(config)]);
  const chosen = new Set<string>();
  for (let host = 1; host <= 40; host++) {
    const from = `127.0.0.${host}`;
    const first = await answerTo(from, lb);
    expect(await answerTo(from, lb)).toBe(first);
    // Two lb with the same configuration agree without talking.
    expect(await answerTo(from, another)).toBe(first);
    chosen.add(first);
  }
  expect([...chosen].sort()).toEqual(['a', 'b', 'c']);
});

it('shares 1,000 client addresses by weight, by ip_hash', async () => {
  const backends = weighted(await startNamed(['a', 'b', 'c']));
  const lb = await startLb(webConfig([], { pool: { algorithm: 'ip_hash', backends } }));
  const left = Array.from({ length: 1000 }, (_, n) => `127.0.${1 + (n >> 8)}.${n & 255}`).values();
  const names: string[] = [];
  const ask = async () => {
    for (const from of left) names.push(await answerTo(from, lb));
  };
  await Promise.all(Array.from({ length: 10 }, ask));
  expectByWeight(names, 64); // the hashes of addresses are as good as chance
});

/** Who answers a client that connects anew from an address of the loopback network. */
function answerTo(localAddress: string, lb: Lb): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = `http://${lb.address('web')}/`;
    const request = get(url, { localAddress, agent: false }, async (response) => {
      resolve((await response.setEncoding('utf8').toArray()).join(''));
    });
    request.on('error', reject);
  });
}

it('lets a route bring an algorithm of its own over the backends of a pool', async () => {
  const backends = await startNamed(['a', 'b', 'c', 'd']);
  const algorithm = { name: 'consistent_hash', key: { header: 'X-User' } };
  const routes = [{ match: { path: '/keyed' }, pool: 'app', algorithm }, { pool: 'app' }];
  const lb = await startLb(
    webConfig(
      backends.map(({ address }) => address),
      { listener: { routes } },
    ),
  );
  const users = Array.from({ length: 40 }, (_, n) => `user-${n}`);
  const chosen = new Set<string>();
  for (const user of users) {
    const names = new Set(await answers(lb, 3, '/keyed', `X-User: ${user}\r\n`));
    expect(names.size).toBe(1);
    for (const name of names) chosen.add(name);
  }
  expect(chosen.size).toBeGreaterThan(1);
  expect(countOf(await answers(lb, 8))).toEqual({ a: 2, b: 2, c: 2, d: 2 });
});

it.each([
  ['path', 'path', (n: number) => [`/${n}?any=${n % 3}`, '']],
  ['a query parameter', { query: 'id' }, (n: number) => [`/${n}?x=1&id=7`, '']],
  ['a cookie', { cookie: 'session' }, (n: number) => [`/${n}`, 'Cookie: a=b; session=7\r\n']],
] as const)('keeps what has the same key together: %s', async (_, key, request) => {
  const backends = await startNamed(['a', 'b', 'c', 'd']);
  const pool = { algorithm: { name: 'consistent_hash', key } };
  const lb = await startLb(
    webConfig(
      backends.map(({ address }) => address),
      { pool },
    ),
  );
  const owners = new Set<string>();
  for (let n = 0; n < 20; n++) {
    const [target, fields] = request(key === 'path' ? 5 : n);
    owners.add((await answers(lb, 1, target, fields))[0]!);
  }
  expect(owners.size).toBe(1);
});

it('sends nothing more to a backend that is slow to answer, by least connections', async () => {
  const slow = await startHoldingBackend();
  const [fast] = await startNamed(['fast']);
  const pool = { algorithm: 'least_connections' };
  const lb = await startLb(webConfig([slow.address, fast!.address], { pool }));
  // The first of equals, in configuration order.
  const held = await connectRaw(lb.address('web'));
  held.send('GET /held HTTP/1.1\r\nHost: lb.test\r\n\r\n');
  await slow.until(1);
  expect(countOf(await answers(lb, 200))).toEqual({ fast: 200 });
  expect(slow.targets).toHaveLength(1);
});

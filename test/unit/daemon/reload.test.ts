import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { Daemon } from '../../../src/daemon/daemon.ts';
import type { Loaded } from '../../../src/daemon/work.ts';
import { formatAddress } from '../../../src/foundation/address.ts';
import { HttpListener } from '../../../src/protocol/http1.ts';
import type { Route } from '../../../src/protocol/route.ts';
import { TcpListener } from '../../../src/protocol/tcp.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { snapshotOf } from '../config/parse.ts';
import { configText, configuration, type DrawnConfig } from './configurations.ts';
import { nowhere } from './nowhere.ts';

function load(config: DrawnConfig, folder: string): Loaded {
  return { snapshot: snapshotOf(configText(config, folder)), customAlgorithms: new Map() };
}

async function start(loaded: Loaded): Promise<Daemon> {
  return Daemon.start(loaded, { version: 'test', openFiles: Infinity, outputs: nowhere });
}

const stop = (daemon: Daemon) => daemon.stop(AbortSignal.abort());

/** What a request for each of these meets tells the routes apart. */
const probes = ['/', '/api', '/api/v1/x'].flatMap((path) =>
  ['a.test', 'b.test', 'other'].flatMap((host) =>
    ['0', '1', '2'].map((number) => ({ method: 'GET', path, host, get: () => number })),
  ),
);

function routeFacts(route: Route | null) {
  if (route === null) return null;
  const { name, pool, balancer, key, sticky, requestEdits, responseEdits } = route;
  return {
    name,
    pool: pool.name,
    algorithm: balancer.algorithm.id,
    hasPicker: balancer.picker !== null,
    isPools: balancer === pool.balancer,
    hasKey: key !== null,
    isSticky: sticky !== null,
    requestEdits,
    responseEdits,
  };
}

/** All that can be told of a daemon from outside, but for what has happened to it. */
function observe(daemon: Daemon) {
  const { listeners, pools, snapshot, adminAddress } = daemon;
  return {
    snapshot,
    adminAddress,
    listeners: listeners.map((listener) => ({
      name: listener.name,
      address: formatAddress(listener.address),
      ...(listener instanceof HttpListener
        ? {
            timeouts: listener.timeouts,
            limits: listener.limits,
            reasonHeader: listener.reasonHeader,
            interimEdits: listener.interimEdits,
            written: listener.forwarded.written,
            trusts: ['10.1.2.3', '::1'].map((ip) => listener.forwarded.trusted.includes(ip)),
            draining: listener.draining,
            routes: probes.map((probe) => routeFacts(listener.router.match(probe))),
          }
        : {}),
      ...(listener instanceof TcpListener
        ? { pool: listener.pool.name, idleMs: listener.idleMs, hasKey: listener.key !== null }
        : {}),
    })),
    pools: pools.map((pool) => ({
      name: pool.name,
      options: pool.options,
      algorithm: pool.balancer.algorithm.id,
      eligible: pool.eligible.map(({ name }) => name),
      backends: pool.backends.map((backend) => ({
        name: backend.name,
        pool: backend.pool,
        address: formatAddress(backend.address),
        weight: backend.weight,
        maxConnections: backend.maxConnections,
        backup: backend.backup,
        ordered: backend.ordered,
        slot: backend.slot,
        maxIdle: backend.idle.max,
        isWatched: backend.watcher !== null,
      })),
    })),
  };
}

it('leaves the same as a fresh start, whatever it comes from and goes to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(configuration(), { minLength: 2, maxLength: 4 }), async (configs) => {
      const folder = makeTempDir();
      const [first, ...others] = configs.map((config) => load(config, folder)) as [
        Loaded,
        ...Loaded[],
      ];
      const daemon = await start(first);
      try {
        for (const next of others) await daemon.reload(next);
        expect(daemon.plan(others.at(-1) ?? first)).toEqual([]);
        const reloaded = observe(daemon);
        await stop(daemon);
        const fresh = await start(others.at(-1) ?? first);
        const expected = observe(fresh);
        await stop(fresh);
        expect(reloaded).toEqual(expected);
      } finally {
        await stop(daemon);
      }
    }),
    { numRuns: 100 },
  );
});

/** Two backends, the second with the weight, name and address that a test asks for. */
async function startPair(folder = makeTempDir()) {
  const loadPair = (pool: string, more = '') => ({
    snapshot: snapshotOf(
      `global: { admin: off }\nlisteners: [{ name: web, bind: "unix:${folder}/web.sock", pool: app ${more} }]\n` +
        `pools: { app: { health_check: off, algorithm: weighted_round_robin, ${pool} } }\n`,
    ),
    customAlgorithms: new Map(),
  });
  const daemon = await start(loadPair('backends: ["127.0.0.1:1", "127.0.0.1:2"]'));
  onTestFinished(() => stop(daemon).then(() => undefined));
  return { daemon, loadPair };
}

it('keeps the objects behind what did not change, with all they have counted', async () => {
  const { daemon, loadPair } = await startPair();
  const [pool] = daemon.pools;
  const [one, two] = pool!.backends;
  one!.requests = 17;
  await daemon.reload(
    loadPair('slow_start: 1s, backends: ["127.0.0.1:3", { address: "127.0.0.1:1", weight: 5 }]'),
  );
  expect(daemon.pools[0]).toBe(pool);
  expect(pool!.backends[1]).toBe(one);
  expect(one).toMatchObject({ requests: 17, configuredWeight: 5 });
  expect(two).toMatchObject({ slot: -1, ordered: 'maintenance' });
});

it('makes a backend with another address, or another name, anew', async () => {
  const { daemon, loadPair } = await startPair();
  const before = daemon.pools[0]!.backends;
  await daemon.reload(
    loadPair(
      'backends: [{ name: "127.0.0.1:1", address: "127.0.0.1:9" }, { name: x, address: "127.0.0.1:2" }]',
    ),
  );
  for (const backend of daemon.pools[0]!.backends) expect(before).not.toContain(backend);
});

it('leaves alone what people have changed until the file says something new about it', async () => {
  const { daemon, loadPair } = await startPair();
  const [one] = daemon.pools[0]!.backends;
  one!.configuredWeight = 42;
  one!.ordered = 'draining';
  await daemon.reload(loadPair('backends: ["127.0.0.1:1"]'));
  expect(one).toMatchObject({ configuredWeight: 42, ordered: 'draining' });
  await daemon.reload(loadPair('backends: [{ address: "127.0.0.1:1", weight: 2 }]'));
  expect(one).toMatchObject({ configuredWeight: 2, ordered: 'draining' });
});

it('puts new limits and timeouts to work on connections that are there', async () => {
  const { daemon, loadPair } = await startPair();
  const [listener] = daemon.listeners;
  const { options } = daemon.pools[0]!;
  await daemon.reload(
    loadPair(
      'timeouts: { connect: 7s }, backends: ["127.0.0.1:1", "127.0.0.1:2"]',
      ', timeouts: { idle: 9s }',
    ),
  );
  expect(daemon.listeners[0]).toBe(listener);
  expect(listener).toMatchObject({ timeouts: { idleMs: 9000 } });
  expect(options.timeouts.connectMs).toBe(7000);
});

it('picks by the new content of a module, for pools and for routes of their own', async () => {
  const folder = makeTempDir();
  const snapshot = snapshotOf(
    `global: { admin: off }\nlisteners: [{ name: web, bind: "unix:${folder}/web.sock", routes: [
        { name: all, pool: app }, { name: own, pool: other, algorithm: ./mine.js, match: { path: /own } }] }]
pools:
  app: { health_check: off, algorithm: ./mine.js, backends: ["127.0.0.1:1", "127.0.0.1:2"] }
  other: { health_check: off, backends: ["127.0.0.1:1", "127.0.0.1:2"] }\n`,
  );
  const name = snapshot.pools[0]!.algorithm.name;
  /** Always the backend at this place. */
  const content = (place: number): Loaded => ({
    snapshot,
    customAlgorithms: new Map([
      [
        name,
        { name: 'mine', optionsSchema: {}, weighted: false, build: () => ({ pick: () => place }) },
      ],
    ]),
  });
  const daemon = await start(content(0));
  onTestFinished(() => stop(daemon).then(() => undefined));
  const picks = () =>
    ['/', '/own'].map((path) => {
      const route = (daemon.listeners[0] as HttpListener).router.match({
        method: 'GET',
        path,
        host: '',
        get: () => null,
      });
      const backends = route!.pool.backends;
      return backends.indexOf(route!.balancer.pick(0)!); // they are eligible
    });
  expect(picks()).toEqual([0, 0]);
  const changes = (await daemon.reload(content(1))).map(({ kind, name: of }) => `${kind} ${of}`);
  expect(changes).toEqual(['route web/own', 'pool app']);
  expect(picks()).toEqual([1, 1]);
});

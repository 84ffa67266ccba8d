import { expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import type { ConfigPart } from '../../helpers/lb-config.ts';
import { leaves } from '../config/leaves.ts';
import { globalKeys } from './keys/global-keys.ts';
import type { KeyChange, Value } from './keys/key-change.ts';
import { listenerKeys } from './keys/listener-keys.ts';
import { load, type Places, startLive } from './keys/live-daemon.ts';
import { poolKeys } from './keys/pool-keys.ts';

const changes = [...globalKeys, ...listenerKeys, ...poolKeys];

it('has a change of every key that lb knows', () => {
  const all = [...leaves(configSchema, '')].map(([key]) => key);
  // Tests act while the file is loaded, and on nothing that runs.
  const known = new Set(all.filter((key) => !/^tests\b/.test(key)));
  expect(new Set(changes.map(({ key }) => key))).toEqual(known);
});

type Tree = Record<string, unknown>;

function baseConfig({ folder, app, other }: Places): Tree {
  const pool = (...backends: unknown[]) => ({ backends, health_check: 'off' });
  return {
    global: {
      log: { output: `${folder}/lb.log` },
      access_log: { output: `${folder}/access.log` },
      admin: { bind: `unix:${folder}/admin.sock` },
    },
    listeners: [
      { name: 'web', bind: '127.0.0.1:0', routes: [{ name: 'all', pool: 'app' }] },
      { name: 'tcp', protocol: 'tcp', bind: `unix:${folder}/tcp.sock`, pool: 'db' },
    ],
    pools: {
      app: { ...pool({ name: 'one', address: app }), sticky: { secret: 's'.repeat(32) } },
      other: pool(other),
      db: pool(app),
    },
  };
}

/** Puts a value where a key of the reference is; undefined takes it away. */
function put(config: Tree, key: string, value: unknown, isTcp: boolean): void {
  const path = key
    .replace('listeners[]', `listeners.${isTcp ? 1 : 0}`)
    .replaceAll('[]', '.0')
    .replace('pools.NAME', 'pools.app')
    .split('.');
  const last = path.pop() ?? '';
  let at = config;
  for (const step of path) {
    if (typeof at[step] !== 'object') at[step] = {};
    at = at[step] as Tree; // made just now if it was none
  }
  at[last] = value;
}

async function configOf(change: KeyChange, value: Value, places: Places): Promise<ConfigPart> {
  const config = baseConfig(places);
  const evaluate = async (each: Value) => (typeof each === 'function' ? await each(places) : each);
  for (const [key, each] of Object.entries(change.with ?? {})) {
    put(config, key, await evaluate(each), false);
  }
  if (value !== undefined) put(config, change.key, await evaluate(value), change.ofTcp === true);
  return JSON.parse(JSON.stringify(config)); // without what was taken away
}

it.each(changes)('$key takes effect with a reload', async (change) => {
  let places: Places | null = null;
  const live = await startLive((given) => {
    places = given;
    return configOf(change, change.from, given);
  });
  if (places === null) throw new Error('startLive gives them');
  await change.prepare?.(live);
  if (change.once === undefined) expect(await change.see(live)).not.toEqual(change.is);
  const plan = await live.daemon.reload(load(await configOf(change, change.to, places)));
  expect(plan).not.toEqual([]);
  await expect.poll(() => change.see(live), { interval: 5 }).toEqual(change.is);
});

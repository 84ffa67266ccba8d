import type { Explanation, Question } from '../api/explanation.ts';
import { Endpoint } from '../backend/endpoint.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { explainRequest } from '../explain/explain-request.ts';
import { type Address, hasName } from '../foundation/address.ts';
import { systemClock } from '../foundation/clock.ts';
import { TimerWheel } from '../foundation/timer-wheel.ts';
import { Health } from '../health/health.ts';
import { IoBuffers } from '../transport/io-buffers.ts';
import { RunningPools } from './running-pools.ts';
import type { Loaded } from './work.ts';

/** In the place of the address of a name: nothing is looked up, and nothing is connected to. */
const SOMEWHERE = '0.0.0.0';

/**
 * Explains a request by a configuration that is not at work. The pools are those that lb would have just after its start:
 * every backend counts as well, and every name as one that has resolved. Opens no socket, starts no timer.
 *
 * @throws LbError as `explainRequest`.
 */
export function explainDry(loaded: Loaded, question: Question): Explanation {
  const { pools, health } = dryPools(loaded);
  const { snapshot } = loaded;
  return explainRequest(question, {
    snapshot,
    live: false,
    routerOf: (name) => pools.router(...routesOf(snapshot, name)),
    health: new Map(health.backends.map((each) => [each.backend, each])),
  });
}

function dryPools({ snapshot, customAlgorithms }: Loaded) {
  const clock = systemClock;
  const wheel = new TimerWheel(clock);
  const health = new Health({
    wheel,
    clock,
    wallClock: Date.now,
    buffers: new IoBuffers(),
    random: Math.random,
    listener: { onStateChange() {}, onSpared() {}, onProbe() {} },
  });
  const services = {
    custom: customAlgorithms,
    random: Math.random,
    now: () => clock.now(),
    onFault() {},
    clock,
    wheel,
    defer: process.nextTick,
    discovery: { addressesOf: () => [], endpointOf: resolvedEndpoint },
  };
  const pools = new RunningPools(services, health, () => undefined);
  pools.replace(snapshot.pools, new Set());
  return { pools, health };
}

function resolvedEndpoint(address: Address): Endpoint {
  const endpoint = new Endpoint(address);
  if (hasName(address)) endpoint.resolve([SOMEWHERE]);
  return endpoint;
}

function routesOf({ listeners }: Snapshot, name: string): Parameters<RunningPools['router']> {
  for (const listener of listeners) {
    if (listener.protocol === 'http' && listener.name === name) {
      return [listener.routes, listener.forwarding];
    }
  }
  throw new Error(`Cannot find listener ${name}: the snapshot was not asked`);
}

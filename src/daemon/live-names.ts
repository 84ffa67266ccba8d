import type { ListenerConfig } from '../config/snapshot.ts';
import type { LiveNames } from '../metrics/cells.ts';
import type { PoolReadings } from '../metrics/exporter.ts';

/** The names of a configuration at work, those of backends that discovery has found included. */
export function liveNamesOf(
  listeners: readonly ListenerConfig[],
  pools: readonly Pick<PoolReadings, 'name' | 'backends'>[],
): LiveNames {
  const routes = new Map(listeners.map((listener) => [listener.name, routesOf(listener)]));
  const backends = new Map(
    pools.map((pool) => [pool.name, new Set(pool.backends.map(({ name }) => name))]),
  );
  return {
    hasListener: (listener) => routes.has(listener),
    hasRoute: (listener, route) => routes.get(listener)?.has(route) ?? false,
    hasBackend: (pool, backend) => backends.get(pool)?.has(backend) ?? false,
  };
}

function routesOf(listener: ListenerConfig): ReadonlySet<string> {
  return new Set(listener.protocol === 'tcp' ? [] : listener.routes.map(({ name }) => name));
}

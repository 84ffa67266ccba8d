import type { Finding, Path, Where } from './places.ts';
import { asList, asMap, asText, type Plain, type PlainMap } from './plain.ts';

/** A place in lb.yaml where an algorithm may be chosen. */
export interface AlgorithmUse {
  /** What has the key `algorithm`: a pool or a route. */
  readonly holder: PlainMap;
  /** Of that key. */
  readonly path: Path;
  /** Name of the pool, whose TCP sessions it may have to balance; null for a route, which sees requests only. */
  readonly pool: string | null;
}

export function* algorithmUses(root: PlainMap): Generator<AlgorithmUse> {
  for (const [name, pool] of Object.entries(asMap(root['pools']))) {
    yield { holder: asMap(pool), path: ['pools', name, 'algorithm'], pool: name };
  }
  for (const [index, listener] of asList(root['listeners']).entries()) {
    for (const [number, route] of asList(asMap(listener)['routes']).entries()) {
      const path = ['listeners', index, 'routes', number, 'algorithm'];
      if ('algorithm' in asMap(route)) yield { holder: asMap(route), path, pool: null };
    }
  }
}

/** The algorithm's name, whichever way it is written. */
export function algorithmNameOf({ holder }: AlgorithmUse): string | null {
  const value = holder['algorithm'];
  return asText(value) ?? asText(asMap(value)['name']);
}

/** A TCP session has no header, cookie, path or query to take a key from. */
export function* checkAlgorithmKeys(root: PlainMap, where: Where): Generator<Finding> {
  for (const use of algorithmUses(root)) {
    const key = asMap(use.holder['algorithm'])['key'];
    const part = asText(key) ?? Object.keys(asMap(key))[0];
    if (part === undefined || part === 'client_ip') continue;
    const listener = tcpListenerOf(root, use.pool);
    if (listener === null) continue;
    yield { path: [...use.path, 'key'], at: 'value', message: keyOnTcp(part, where(listener)) };
  }
}

export function keyOnTcp(part: string, listenerPlace: string): string {
  return `"${part}" is a part of HTTP requests, and the listener on ${listenerPlace} has TCP sessions for this pool; needs client_ip`;
}

/** Path of a TCP listener that sends to the pool. */
export function tcpListenerOf(root: PlainMap, pool: string | null): Path | null {
  const index = asList(root['listeners']).findIndex((listener: Plain) => {
    const { protocol, pool: name } = asMap(listener);
    return protocol === 'tcp' && name === pool;
  });
  return index === -1 ? null : ['listeners', index];
}

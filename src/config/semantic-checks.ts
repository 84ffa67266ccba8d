import { didYouMean, nearestOf } from '../foundation/did-you-mean.ts';
import { checkAlgorithmKeys } from './check-algorithms.ts';
import { checkBackends } from './check-backends.ts';
import { checkBinds } from './check-binds.ts';
import { checkHealth } from './check-health.ts';
import { checkRoutes } from './check-routes.ts';
import { checkSticky } from './check-sticky.ts';
import { checkWeights } from './check-weights.ts';
import type { Finding, Path, Places } from './places.ts';
import { asList, asMap, asText, type Plain, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';
import { parseSize } from './units.ts';

/** @param data with defaults; parts that the schema refuses are looked at as far as they can be read. */
export function* checkMeaning(data: Plain, places: Places): Generator<Finding> {
  const root = asMap(data);
  const where = (path: Path) => places.where(data, path);
  const pools = asMap(root['pools']);
  const poolNames = new Set(Object.keys(pools));
  yield* checkBinds(root, where);
  for (const [index, item] of asList(root['listeners']).entries()) {
    const listener = asMap(item);
    const path: Path = ['listeners', index];
    yield* checkPoolReferences(listener, path, poolNames);
    if (listener['protocol'] === 'tcp') continue;
    yield* checkRoutesOrPool(item, path);
    yield* checkTargetBytes(
      listener,
      path,
      places.isWritten(data, [...path, 'limits', 'target_bytes']),
    );
    yield* checkRoutes(listener, path, where);
  }
  for (const [name, pool] of Object.entries(pools)) {
    yield* checkBackends(asMap(pool)['backends'], ['pools', name, 'backends'], where);
  }
  yield* checkHealth(root, (path) => places.isWritten(data, path));
  yield* checkAlgorithmKeys(root, where);
  yield* checkWeights(root);
  yield* checkSticky(root, where);
}

function* checkPoolReferences(
  listener: PlainMap,
  path: Path,
  pools: ReadonlySet<string>,
): Generator<Finding> {
  yield* checkPoolReference(listener, path, pools);
  for (const [index, route] of asList(listener['routes']).entries()) {
    yield* checkPoolReference(asMap(route), [...path, 'routes', index], pools);
  }
}

function* checkPoolReference(
  holder: PlainMap,
  path: Path,
  pools: ReadonlySet<string>,
): Generator<Finding> {
  const name = asText(holder['pool']);
  // Without any pool there is one finding about that, rather than one for each reference.
  if (name === null || pools.size === 0 || pools.has(name)) return;
  const advice =
    didYouMean(name, pools) || `; define it under pools, where there is ${some([...pools])}`;
  yield {
    path: [...path, 'pool'],
    at: 'value',
    message: `there is no pool ${quote(name)}${advice}`,
  };
}

function some(names: readonly string[]): string {
  return names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
}

function* checkRoutesOrPool(listener: Plain, path: Path): Generator<Finding> {
  const { routes, pool } = asMap(listener);
  if (routes !== undefined && pool !== undefined) {
    const message = 'stands beside `routes`; keep `routes`, or `pool` for a single route';
    yield { path: [...path, 'pool'], at: 'key', message };
  }
  // What looks like a misspelt one of the two has its own finding.
  const isMisspelt = Object.keys(asMap(listener)).some((key) => nearestOf(key, ['pool', 'routes']));
  if (routes === undefined && pool === undefined && !isMisspelt && asMap(listener) === listener) {
    yield { path, at: 'key', message: 'has neither `pool` nor `routes`; needs one of them' };
  }
}

function* checkTargetBytes(listener: PlainMap, path: Path, written: boolean): Generator<Finding> {
  const { header_bytes: header, target_bytes: target } = asMap(listener['limits']);
  const headerBytes = parseSize(String(header));
  const targetBytes = parseSize(String(target));
  if (!written || headerBytes === null || targetBytes === null || targetBytes <= headerBytes)
    return;
  const message = `${quote(String(target))} is more than header_bytes, ${header}, which counts the target too; lower it`;
  yield { path: [...path, 'limits', 'target_bytes'], at: 'value', message };
}

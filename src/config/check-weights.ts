import { algorithmNamed, algorithms } from '../balancing/catalog.ts';
import { type AlgorithmUse, algorithmNameOf, algorithmUses } from './check-algorithms.ts';
import type { Finding, Path } from './places.ts';
import { asList, asMap, asText, type Plain, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';
import { parseDuration } from './units.ts';

const following = algorithms.filter(({ weighted }) => weighted).map(({ name }) => name);

/**
 * Weights that an algorithm would ignore: written ones that differ, or a slow start, which is made of weights. Nothing is
 * known here of the algorithms of modules.
 */
export function* checkWeights(root: PlainMap): Generator<Finding> {
  const pools = asMap(root['pools']);
  for (const use of algorithmUses(root)) {
    const name = algorithmNameOf(use);
    if (name === null || algorithmNamed(name)?.weighted !== false) continue;
    const poolName = use.pool ?? asText(use.holder['pool']) ?? '';
    const pool = asMap(pools[poolName]);
    yield* checkBackendWeights(use, name, pool['backends'], ['pools', poolName, 'backends']);
    const slowStart = asText(pool['slow_start']) ?? '0s';
    if ((parseDuration(slowStart) ?? 0) === 0) continue;
    const needs = `slow_start works by weights, which ${name} ignores; needs one of ${following.join(', ')}`;
    const path = use.pool === null ? use.path : (['pools', poolName, 'slow_start'] as const);
    yield {
      path,
      at: 'value',
      message: `${quote(use.pool === null ? name : slowStart)}: ${needs}`,
    };
  }
}

/** Primaries share traffic among themselves, and so do backups; a backend of weight 0 gets none. */
function* checkBackendWeights(
  use: AlgorithmUse,
  name: string,
  backends: Plain | undefined,
  path: Path,
): Generator<Finding> {
  const firsts = new Map<Plain | undefined, number>();
  for (const [index, item] of asList(backends).entries()) {
    const { backup = false, weight = 1 } = asMap(item);
    if (typeof weight !== 'number' || weight === 0) continue;
    const first = firsts.get(backup) ?? weight;
    firsts.set(backup, first);
    if (first === weight) continue;
    const message = `is not the ${first} of another backend, and ${name} ignores weights; needs equal ones, or one of ${following.join(', ')}`;
    yield use.pool === null
      ? { path: use.path, at: 'value', message: `${quote(name)}: a weight ${message}` }
      : { path: [...path, index, 'weight'], at: 'value', message: `${weight} ${message}` };
    return;
  }
}

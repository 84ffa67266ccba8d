import { didYouMean } from '../foundation/did-you-mean.ts';
import { checks } from '../health/catalog.ts';
import { isModulePath } from './module-path.ts';
import type { Finding, Path } from './places.ts';
import { asMap, asText, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';
import { parseDuration } from './units.ts';

/** Every place where a check is spelt out. */
export function checkPlaces(root: PlainMap): readonly (readonly [Path, PlainMap])[] {
  const named = Object.entries(asMap(root['health_checks'])).map(
    ([name, check]) => [['health_checks', name], asMap(check)] as const,
  );
  const ofPools = Object.entries(asMap(root['pools'])).map(
    ([name, pool]) =>
      [['pools', name, 'health_check'], asMap(asMap(pool)['health_check'])] as const,
  );
  return [...named, ...ofPools];
}

/** Options that the type of a check does not have, names that nothing has, ejections that shrink. */
export function* checkHealth(
  root: PlainMap,
  isWritten: (path: Path) => boolean,
): Generator<Finding> {
  for (const [path, check] of checkPlaces(root)) yield* checkOptions(check, path, isWritten);
  const names = Object.keys(asMap(root['health_checks']));
  if (names.includes('off')) {
    const message =
      'cannot be named, since `health_check: off` means that there is none; rename it';
    yield { path: ['health_checks', 'off'], at: 'key', message };
  }
  for (const [name, item] of Object.entries(asMap(root['pools']))) {
    const pool = asMap(item);
    yield* checkReference(asText(pool['health_check']), ['pools', name, 'health_check'], names);
    yield* checkEjection(asMap(pool['passive_health']), ['pools', name, 'passive_health']);
  }
}

function* checkOptions(
  check: PlainMap,
  path: Path,
  isWritten: (path: Path) => boolean,
): Generator<Finding> {
  const type = asText(check['type']) ?? '';
  const own = checks.find(({ name }) => name === type);
  if (own === undefined && !isModulePath(type)) return; // the schema has its say about that
  for (const { name, optionSchemas } of checks) {
    for (const key of Object.keys(optionSchemas)) {
      if (own?.name === name || !isWritten([...path, key])) continue;
      const message = `is only for type ${name}, and this check is of type ${type}; remove it or write type: ${name}`;
      yield { path: [...path, key], at: 'key', message };
    }
  }
}

function* checkReference(
  name: string | null,
  path: Path,
  names: readonly string[],
): Generator<Finding> {
  if (name === null || name === 'off' || names.includes(name)) return;
  const isType = checks.some((check) => check.name === name);
  const advice = isType
    ? `; for a check of this type write { type: ${name} }`
    : didYouMean(name, names) || '; define it under health_checks';
  yield { path, at: 'value', message: `there is no health check ${quote(name)}${advice}` };
}

function* checkEjection(passive: PlainMap, path: Path): Generator<Finding> {
  const { ejection, max_ejection: longest } = passive;
  const firstMs = parseDuration(String(ejection));
  const longestMs = parseDuration(String(longest));
  if (firstMs === null || longestMs === null || firstMs <= longestMs) return;
  const message = `${quote(String(longest))} is less than ejection, ${ejection}; raise it`;
  yield { path: [...path, 'max_ejection'], at: 'value', message };
}

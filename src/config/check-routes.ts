import { defaultRouteName, normalizePath } from './build-snapshot.ts';
import type { Finding, Path, Where } from './places.ts';
import { asList, asMap, asText, asTexts, type Plain, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';

/** @param path of the listener. */
export function* checkRoutes(listener: PlainMap, path: Path, where: Where): Generator<Finding> {
  const names = new Map<string, Path>();
  const matchers = new Map<string, Path>();
  for (const [index, item] of asList(listener['routes']).entries()) {
    const route = asMap(item);
    const here: Path = [...path, 'routes', index];
    const name = asText(route['name']) ?? defaultRouteName(index);
    const first = names.get(name);
    if (first === undefined) names.set(name, here);
    else yield sameName(name, here, where(first));
    yield* checkMatchers(route, here, matchers, where);
    yield* checkFieldNames(asMap(route['match'])['headers'], [...here, 'match', 'headers'], where);
    for (const key of ['request_headers', 'response_headers']) {
      yield* checkEdits(asMap(route[key]), [...here, key], where);
    }
  }
}

function sameName(name: string, route: Path, place: string): Finding {
  const message = `${quote(name)} is also the name of the route on ${place}; names are unique`;
  return { path: [...route, 'name'], at: 'value', message };
}

/** Of two routes with the same matchers one would never see a request. */
function* checkMatchers(
  route: PlainMap,
  path: Path,
  matchers: Map<string, Path>,
  where: Where,
): Generator<Finding> {
  const match = asMap(route['match']);
  const hosts = asTexts(match['host']).map((host) => host.toLowerCase());
  const rest = [
    normalizePath(asText(match['path']) ?? '/'),
    asTexts(match['methods'])
      .map((method) => method.toUpperCase())
      .sort(),
    Object.entries(asMap(match['headers']))
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .sort(),
  ];
  for (const host of hosts.length === 0 ? [null] : hosts) {
    const key = JSON.stringify([host, rest]);
    const first = matchers.get(key) ?? path;
    if (first !== path) {
      const which = host === null || hosts.length === 1 ? '' : ` for host ${quote(host)}`;
      const message = `matches the same requests as the route on ${where(first)}${which}; change or remove one`;
      yield { path: [...path, 'match'], at: 'key', message };
      return;
    }
    matchers.set(key, path);
  }
}

/** Field names differ by more than case; what is removed is not also written. */
function* checkEdits(edits: PlainMap, path: Path, where: Where): Generator<Finding> {
  const removed = asTexts(edits['remove']).map((name) => name.toLowerCase());
  for (const key of ['set', 'add']) {
    yield* checkFieldNames(edits[key], [...path, key], where);
    for (const name of Object.keys(asMap(edits[key]))) {
      if (!removed.includes(name.toLowerCase())) continue;
      const message = 'is also under `remove`; `set` replaces a field, keep one of the two';
      yield { path: [...path, key, name], at: 'key', message };
    }
  }
}

function* checkFieldNames(fields: Plain | undefined, path: Path, where: Where): Generator<Finding> {
  const known = new Map<string, string>();
  for (const name of Object.keys(asMap(fields))) {
    const first = known.get(name.toLowerCase());
    if (first === undefined) {
      known.set(name.toLowerCase(), name);
      continue;
    }
    const message = `is the same field as ${quote(first)} on ${where([...path, first])}; keep one`;
    yield { path: [...path, name], at: 'key', message };
  }
}

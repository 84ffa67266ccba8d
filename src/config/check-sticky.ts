import type { Finding, Path, Where } from './places.ts';
import { asList, asMap, asText, asTexts, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';

/** @param name of a pool that there is. */
const pathOf = (name: string): Path => ['pools', name, 'sticky'];

/** Cookies that no browser would keep, that overwrite each other, or that nobody is there to take. */
export function* checkSticky(root: PlainMap, where: Where): Generator<Finding> {
  const pools = asMap(root['pools']);
  for (const [name, pool] of Object.entries(pools)) {
    yield* checkAttributes(asMap(asMap(pool)['sticky']), pathOf(name));
  }
  for (const [index, item] of asList(root['listeners']).entries()) {
    const listener = asMap(item);
    if (listener['protocol'] === 'tcp') yield* checkTcp(listener, ['listeners', index], pools);
    else yield* checkNames(listener, pools, where);
  }
}

/** @param path of `sticky`. */
function* checkAttributes(sticky: PlainMap, path: Path): Generator<Finding> {
  const cookie = asText(sticky['cookie']) ?? '';
  const needsSecure =
    sticky['same_site'] === 'none' ? 'same_site: none' : /^__(?:Secure|Host)-/i.exec(cookie)?.[0];
  if (sticky['secure'] === 'never' && needsSecure !== undefined) {
    const message = `browsers refuse such a cookie with ${needsSecure}; needs auto or always`;
    yield { path: [...path, 'secure'], at: 'value', message };
  }
  const wide = sticky['path'] !== '/' || sticky['domain'] !== undefined;
  if (/^__Host-/i.test(cookie) && wide) {
    const message = `${quote(cookie)} may have no domain and no path but "/"; remove them or the prefix`;
    yield { path: [...path, 'cookie'], at: 'value', message };
  }
}

function* checkTcp(listener: PlainMap, path: Path, pools: PlainMap): Generator<Finding> {
  const name = asText(listener['pool']);
  if (name === null || asMap(pools[name])['sticky'] === undefined) return;
  const message = `is sticky by cookie, which tcp has none of; give this listener a pool without \`sticky\``;
  yield { path: [...path, 'pool'], at: 'value', message: `${quote(name)} ${message}` };
}

/** Two pools that answer for one host with one cookie would send the client away from each other's backends. */
function* checkNames(listener: PlainMap, pools: PlainMap, where: Where): Generator<Finding> {
  const owners = new Map<string, string>();
  for (const item of asList(listener['routes'])) {
    const route = asMap(item);
    const name = asText(route['pool']) ?? '';
    const sticky = asMap(asMap(pools[name])['sticky']);
    const cookie = asText(sticky['cookie']);
    if (cookie === null) continue;
    const hosts = asTexts(asMap(route['match'])['host']);
    for (const host of hosts.length === 0 ? ['*'] : hosts) {
      const key = [host.toLowerCase(), cookie, sticky['path']].join('\n');
      const owner = owners.get(key) ?? name;
      owners.set(key, owner);
      if (owner === name) continue;
      const message = `${quote(cookie)} is also the cookie of the pool on ${where(pathOf(owner))}, which answers for the same host; they would overwrite each other, rename one`;
      yield { path: [...pathOf(name), 'cookie'], at: 'value', message };
      return;
    }
  }
}

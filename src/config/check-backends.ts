import { formatAddress, hasName, parseAddress } from '../foundation/address.ts';
import type { Finding, Path, Where } from './places.ts';
import { asList, asMap, asText, type Plain, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';

/**
 * An address that stands twice would get two shares of the traffic, and a name has to tell backends apart.
 *
 * @param path of the list.
 */
export function* checkBackends(
  backends: Plain | undefined,
  path: Path,
  where: Where,
): Generator<Finding> {
  const addresses = new Map<string, Path>();
  const names = new Map<string, Path>();
  for (const [index, item] of asList(backends).entries()) {
    const text = asText(item) ?? asText(asMap(item)['address']);
    if (text === null) continue;
    const here: Path = [...path, index];
    const name = asText(asMap(item)['name']) ?? text;
    const address = canonical(text);
    const sameAddress = addresses.get(address);
    const sameName = names.get(name);
    if (sameAddress !== undefined) {
      const message = `${quote(text)} is in this pool already, on ${where(sameAddress)}; remove one`;
      yield { path: [...here, 'address'], at: 'value', message };
    } else if (sameName !== undefined) {
      const place = where(sameName);
      const message = `${quote(name)} is also the name of the backend on ${place}; names are unique in a pool`;
      yield { path: [...here, 'name'], at: 'value', message };
    }
    addresses.set(address, here);
    names.set(name, here);
    yield* checkResolve(asMap(item), here);
  }
}

/** @param path of the backend. */
function* checkResolve(backend: PlainMap, path: Path): Generator<Finding> {
  const text = asText(backend['address']) ?? '';
  const address = parseAddress(text);
  if (backend['resolve'] !== 'all' || address === null || hasName(address)) return;
  const message = `"all" stands beside ${quote(text)}, which is no name; remove it`;
  yield { path: [...path, 'resolve'], at: 'value', message };
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}

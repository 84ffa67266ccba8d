import { type Address, formatAddress, parseAddress } from '../foundation/address.ts';
import type { Finding, Path, Where } from './places.ts';
import { asList, asMap, asText, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';

interface Bind {
  readonly address: Address;
  readonly path: Path;
  /** As messages call it. */
  readonly label: string;
}

/** No two sockets of one process can take the same connections; listeners also need names of their own. */
export function* checkBinds(root: PlainMap, where: Where): Generator<Finding> {
  const taken = [...adminBinds(root), ...controlBinds(root)];
  const names = new Map<string, Path>();
  for (const [index, item] of asList(root['listeners']).entries()) {
    const listener = asMap(item);
    const text = asText(listener['bind']) ?? '';
    const path: Path = ['listeners', index];
    const address = parseAddress(text);
    const other =
      address === null ? undefined : taken.find((bind) => overlap(bind.address, address));
    if (other !== undefined) {
      const what = `${quote(text)} overlaps with ${other.label}`;
      const message = `${what} (${where(other.path)}); needs an address of its own`;
      yield { path: [...path, 'bind'], at: 'value', message };
    } else if (address !== null) {
      taken.push({ address, path, label: `listeners[${index}]` });
    }
    const name = asText(listener['name']);
    if (name !== null || other === undefined) yield* checkName(name ?? text, path, names, where);
  }
}

function* checkName(
  name: string,
  path: Path,
  names: Map<string, Path>,
  where: Where,
): Generator<Finding> {
  const first = names.get(name);
  if (first === undefined) {
    names.set(name, path);
    return;
  }
  const message = `${quote(name)} is also the name of the listener on ${where(first)}; names are unique`;
  yield { path: [...path, 'name'], at: 'value', message };
}

function adminBinds(root: PlainMap): Bind[] {
  const path: Path = ['global', 'admin', 'bind'];
  const text = asText(asMap(asMap(root['global'])['admin'])['bind']);
  const address = text === null ? null : parseAddress(text);
  if (address === null) return [];
  return [{ address, path, label: `global.admin.bind, ${formatAddress(address)}` }];
}

function controlBinds(root: PlainMap): Bind[] {
  const control = asText(asMap(root['global'])['control']);
  const address = control === null ? null : parseAddress(`unix:${control}`);
  if (address === null) return [];
  return [{ address, path: ['global', 'control'], label: 'global.control' }];
}

/** As Linux judges: every interface covers each one, and `::` covers IPv4 too. Port 0 is a free one each time. */
export function overlap(one: Address, other: Address): boolean {
  if (one.kind === 'unix' || other.kind === 'unix') {
    return one.kind === other.kind && formatAddress(one) === formatAddress(other);
  }
  if (one.port !== other.port || one.port === 0) return false;
  return one.host === other.host || covers(one.host, other.host) || covers(other.host, one.host);
}

function covers(wide: string, narrow: string): boolean {
  return wide === '' || wide === '::' || (wide === '0.0.0.0' && !narrow.includes(':'));
}

import { describe, HIDDEN } from '../config/effective.ts';
import type { Snapshot } from '../config/snapshot.ts';

/** One key that differs, in the words of lb.yaml: `timeouts.idle`, from `60s`, to `30s`. */
export interface KeyChange {
  readonly key: string;
  /** undefined: not there. */
  readonly from: unknown;
  readonly to: unknown;
}

/** What becomes of one listener, route, pool or backend, or of the keys under `global`. */
export interface Change {
  readonly kind: 'global' | 'listener' | 'route' | 'pool' | 'backend';
  /** '' for `global`; a route's and a backend's has its listener or pool before it: `app/app-1`. */
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Empty unless it is `changed`. */
  readonly keys: readonly KeyChange[];
}

/** Empty when nothing would change. */
export type Plan = readonly Change[];

type Document = Readonly<Record<string, unknown>>;
type Named = ReadonlyMap<string, Document>;

/** What a plan must not show. */
const SECRETS: ReadonlySet<string> = new Set(['sticky.secret', 'admin.token']);

/**
 * What it takes to get from one snapshot to another: the difference as people see it, by name. Pure, and what a reload
 * goes by. What was added or removed is one change, with everything in it.
 *
 * @param newModules algorithms and checks that name a module whose content has changed, which the keys do not tell.
 */
export function planOf(
  from: Snapshot,
  to: Snapshot,
  newModules: ReadonlySet<string> = new Set(),
): Plan {
  const [before, after] = [describe(from), describe(to)];
  const global = keyChanges({ ...before.global }, { ...after.global });
  return [
    ...(global.length === 0 ? [] : [changed('global', '', global)]),
    ...compare(
      { kind: 'listener', inner: { kind: 'route', key: 'routes' }, newModules },
      byName(before.listeners),
      byName(after.listeners),
    ),
    ...compare(
      { kind: 'pool', inner: { kind: 'backend', key: 'backends' }, newModules },
      new Map(Object.entries(before.pools).map(([name, pool]) => [name, { ...pool }])),
      new Map(Object.entries(after.pools).map(([name, pool]) => [name, { ...pool }])),
    ),
  ];
}

/** One line per change, without the values of keys: some of them are nobody's business but the file's. */
export function summaryOf(plan: Plan): readonly string[] {
  return plan.map(({ kind, name, change, keys }) => {
    const what = name === '' ? kind : `${kind} ${name}`;
    return keys.length === 0
      ? `${change} ${what}`
      : `${change} ${what}: ${keys.map(({ key }) => key).join(', ')}`;
  });
}

interface Comparison {
  readonly kind: Change['kind'];
  /** What each has a list of; null for what has none. */
  readonly inner: { readonly kind: 'route' | 'backend'; readonly key: string } | null;
  readonly newModules: ReadonlySet<string>;
}

function compare(what: Comparison, before: Named, after: Named, prefix = ''): readonly Change[] {
  const removed = [...before.keys()].filter((name) => !after.has(name));
  return [
    ...[...after].flatMap(([name, to]) => {
      const from = before.get(name);
      if (from === undefined) return [whole(what.kind, prefix + name, 'added')];
      return compareOne(what, prefix + name, from, to);
    }),
    ...removed.map((name) => whole(what.kind, prefix + name, 'removed')),
  ];
}

function compareOne(
  { kind, inner, newModules }: Comparison,
  name: string,
  from: Document,
  to: Document,
): readonly Change[] {
  const keys = [...keyChanges(without(from, inner?.key), without(to, inner?.key))];
  for (const key of ['algorithm', 'health_check']) {
    if (!usesOneOf(newModules, to[key]) || keys.some((other) => other.key.startsWith(key)))
      continue;
    keys.push({ key, from: from[key], to: to[key] });
  }
  const lists = inner === null ? [] : [from, to].map((each) => byName(each[inner.key]));
  const [before = new Map(), after = new Map()] = lists;
  if (inner !== null && isReordered(before, after)) {
    keys.push({ key: inner.key, from: [...before.keys()], to: [...after.keys()] });
  }
  return [
    ...(keys.length === 0 ? [] : [changed(kind, name, keys)]),
    ...(inner === null
      ? []
      : compare({ kind: inner.kind, inner: null, newModules }, before, after, `${name}/`)),
  ];
}

function whole(kind: Change['kind'], name: string, change: 'added' | 'removed'): Change {
  return { kind, name, change, keys: [] };
}

function changed(kind: Change['kind'], name: string, keys: readonly KeyChange[]): Change {
  return { kind, name, change: 'changed', keys };
}

/** @param value of `algorithm`, a name or a map with one, or of `health_check`, whose module is its type. */
function usesOneOf(modules: ReadonlySet<string>, value: unknown): boolean {
  const name = isDocument(value) ? (value['name'] ?? value['type']) : value;
  return typeof name === 'string' && modules.has(name);
}

/** Those that both have stand in another order, which decides between equals. */
function isReordered(before: Named, after: Named): boolean {
  const kept = [...before.keys()].filter((name) => after.has(name));
  const keptAfter = [...after.keys()].filter((name) => before.has(name));
  return kept.some((name, index) => name !== keptAfter[index]);
}

/** By dotted path, down to what is no map. */
function keyChanges(from: Document, to: Document, prefix = ''): readonly KeyChange[] {
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...keys].flatMap((name): readonly KeyChange[] => {
    const [was, is] = [from[name], to[name]];
    const key = prefix + name;
    if (isDocument(was) && isDocument(is)) return keyChanges(was, is, `${key}.`);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [{ key, from: shown(key, was), to: shown(key, is) }];
  });
}

function shown(key: string, value: unknown): unknown {
  if (SECRETS.has(key) && value !== undefined) return HIDDEN;
  if (!isDocument(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    shown(`${key}.${name}`, inner),
  ]);
  return Object.fromEntries(entries);
}

/** @param list of documents with names, as describe() writes them. */
function byName(list: unknown): Named {
  if (!Array.isArray(list)) return new Map();
  return new Map(list.map((each: Document) => [String(each['name']), each]));
}

function without(document: Document, key: string | undefined): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== key));
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { conditionKinds } from './catalog.ts';
import { anyHost, HostIndex } from './host.ts';
import type { Condition, Matchable, RouteMatch } from './matcher.ts';
import { PathIndex, pathPrefix } from './path.ts';

/** A compiled route. */
export interface Route<Target> {
  /** Of its conditions: what is asked to tell it apart from others of the same host and path. */
  readonly tests: readonly Condition['holds'][];
  readonly target: Target;
  readonly match: RouteMatch;
  readonly conditions: readonly Condition[];
  /** Number of conditions of each kind, in the order of the catalog. */
  readonly weights: readonly number[];
}

/** All routes by where requests find them: host first, then path. */
export type RouteIndex<Target> = HostIndex<PathIndex<readonly Route<Target>[]>>;

/**
 * Leads a request to the most specific route that takes it: exact host before wildcard before any host, then the
 * longest path prefix, then most conditions, then file order. When no route of a prefix takes the request,
 * shorter prefixes follow, then less specific hosts.
 *
 * Compiled once: the indexes answer with the most specific pattern, and each pattern knows the next wider one,
 * so the number of hosts and paths does not matter; routes of the same host and path are asked one by one.
 */
export class Router<Target> {
  /** In file order. */
  readonly routes: readonly Route<Target>[];
  readonly hosts: RouteIndex<Target>;

  /** @param routes in file order. */
  constructor(routes: readonly { readonly match: RouteMatch; readonly target: Target }[]) {
    this.routes = routes.map(({ match, target }) => compile(match, target));
    const ranked = this.routes.toSorted(byWeights);
    const byHost = group(ranked, ({ match }) =>
      match.hosts.length === 0 ? [anyHost] : match.hosts,
    );
    this.hosts = new HostIndex(
      mapValues(
        byHost,
        (ofHost) => new PathIndex(group(ofHost, ({ match }) => [pathPrefix(match.path)])),
      ),
    );
  }

  /** @returns null when no route takes the request: answer 404. */
  match(head: Matchable): Target | null {
    for (let host = this.hosts.find(head); host !== null; host = host.wider) {
      for (let path = host.value.find(head); path !== null; path = path.wider) {
        for (const candidate of path.value) {
          if (holdAll(candidate.tests, head)) return candidate.target;
        }
      }
    }
    return null;
  }
}

function compile<Target>(match: RouteMatch, target: Target): Route<Target> {
  const compiled = conditionKinds.map((kind) => kind.compile(match));
  const weights = compiled.map((ofKind) => ofKind.length);
  const conditions = compiled.flat();
  return { tests: conditions.map(({ holds }) => holds), target, match, conditions, weights };
}

function byWeights(a: Route<unknown>, b: Route<unknown>): number {
  const decisive = a.weights.findIndex((weight, kind) => weight !== b.weights[kind]);
  return decisive === -1 ? 0 : (b.weights[decisive] ?? 0) - (a.weights[decisive] ?? 0);
}

// Hot: a plain loop, for most routes over nothing.
function holdAll(tests: readonly Condition['holds'][], head: Matchable): boolean {
  for (const holds of tests) if (!holds(head)) return false;
  return true;
}

/** Sorts items under each of their keys; their order stays. */
function group<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [item]);
      else members.push(item);
    }
  }
  return groups;
}

function mapValues<From, To>(
  map: ReadonlyMap<string, From>,
  change: (value: From) => To,
): Map<string, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

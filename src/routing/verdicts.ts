import { anyHost } from './host.ts';
import type { Demand, Matchable } from './matcher.ts';
import type { Route, Router } from './router.ts';

/** Of two routes that both take a request, what put the one that got it first. */
export type Precedence =
  | { readonly by: 'host' | 'path'; readonly winner: string; readonly loser: string }
  /** The winner demands more of the request: more header conditions, or, with as many, one of methods. */
  | { readonly by: 'conditions' }
  /** They are equals, and the winner stands first. */
  | { readonly by: 'order' };

/** What a router makes of one route, for one request. */
export type Verdict =
  | { readonly outcome: 'matched' }
  /** It would take the request, had not `winner` got it. */
  | { readonly outcome: 'outranked'; readonly precedence: Precedence }
  /** The first thing it does not meet: its host, then its path, then its conditions. */
  | ({ readonly outcome: 'missed'; readonly at: 'host' | 'path' | 'header' | 'method' } & Demand);

/** A route that stands under patterns which cover the request. */
interface Visit<Target> {
  readonly route: Route<Target>;
  readonly host: string;
  readonly path: string;
}

/**
 * Says of every route why it gets a request or does not: by the indexes and conditions that `Router.match` asks, in the
 * same order, so that the one `matched` is the one it answers with. For people, not for traffic.
 *
 * @returns in file order.
 */
export function verdictsOf<Target>(
  { routes, hosts }: Router<Target>,
  head: Matchable,
): ReadonlyMap<Route<Target>, Verdict> {
  const visits = new Map<Route<Target>, Visit<Target>>();
  const visitedHosts = new Set<string>();
  for (let host = hosts.find(head); host !== null; host = host.wider) {
    visitedHosts.add(host.pattern);
    for (let path = host.value.find(head); path !== null; path = path.wider) {
      for (const route of path.value) {
        if (visits.has(route)) continue; // it has several hosts, of which the most specific counts
        visits.set(route, { route, host: host.pattern, path: path.pattern });
      }
    }
  }
  const takers = [...visits.values()].filter(({ route }) => route.tests.every((ok) => ok(head)));
  const [winner] = takers;
  return new Map(
    routes.map((route) => {
      const visit = visits.get(route);
      if (visit === undefined) return [route, stranger(route, head, visitedHosts)];
      if (winner === undefined || !takers.includes(visit)) return [route, missed(route, head)];
      if (visit === winner) return [route, { outcome: 'matched' }];
      return [route, { outcome: 'outranked', precedence: precedenceOf(winner, visit) }];
    }),
  );
}

/** Of a route that no pattern has led to. */
function stranger<Target>(
  { match }: Route<Target>,
  head: Matchable,
  visitedHosts: ReadonlySet<string>,
): Verdict {
  const hosts = match.hosts.length === 0 ? [anyHost] : match.hosts;
  return hosts.some((host) => visitedHosts.has(host))
    ? { outcome: 'missed', at: 'path', name: '', wanted: [match.path], found: head.path }
    : { outcome: 'missed', at: 'host', name: '', wanted: hosts, found: head.host };
}

/** Of a route one of whose conditions does not hold. */
function missed<Target>({ conditions }: Route<Target>, head: Matchable): Verdict {
  const broken = conditions.find(({ holds }) => !holds(head));
  if (broken === undefined) throw new Error('Cannot explain a route: all of its conditions hold');
  return { outcome: 'missed', at: broken.kind, ...broken.describe(head) };
}

function precedenceOf(winner: Visit<unknown>, loser: Visit<unknown>): Precedence {
  if (winner.host !== loser.host) return { by: 'host', winner: winner.host, loser: loser.host };
  if (winner.path !== loser.path) return { by: 'path', winner: winner.path, loser: loser.path };
  const alike = winner.route.weights.every((weight, kind) => weight === loser.route.weights[kind]);
  return { by: alike ? 'order' : 'conditions' };
}

import type { BackendExplanation, PoolExplanation } from '../api/explanation.ts';
import type { Backend } from '../backend/backend.ts';
import { algorithmNamed } from '../balancing/catalog.ts';
import type { RouteConfig, Snapshot } from '../config/snapshot.ts';
import { formatAddress } from '../foundation/address.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { Pool } from '../pool/pool.ts';
import { RequestKey } from '../protocol/request-key.ts';
import type { Route } from '../protocol/route.ts';
import { CookieValues } from '../sticky/cookie-values.ts';
import { eligibilityText } from './eligibility-text.ts';

export interface PoolQuestion {
  readonly head: RequestHead;
  /** Whom lb takes for the client. */
  readonly client: string;
  /** Of the route that leads here. */
  readonly route: RouteConfig | null;
  readonly snapshot: Snapshot;
  readonly health: ReadonlyMap<Backend, BackendHealth>;
}

/** Who of a route's pool may get a request, and who would. */
export function explainPool(route: Route, question: PoolQuestion): PoolExplanation {
  const { pool } = route;
  const config = question.snapshot.pools.find(({ name }) => name === pool.name);
  const algorithm = question.route?.algorithm?.name ?? config?.algorithm.name ?? '';
  const cookie = config?.sticky?.cookie ?? null;
  const choice = choose(route, algorithm, question);
  const stray = choice.byCookie ? '' : strayText(cookie, question.head);
  return {
    pool: pool.name,
    algorithm,
    key: keyText(route),
    sticky_cookie: cookie,
    choice: choice.backend?.name ?? null,
    why: stray + choice.why,
    backends: pool.backends.map((backend) => explainBackend(backend, pool, question)),
  };
}

interface Choice {
  readonly byCookie?: true;
  readonly backend: Backend | null;
  readonly why: string;
}

/** Asks nobody whose answer would change the next one: a round robin's turn is for traffic. */
function choose(route: Route, algorithm: string, question: PoolQuestion): Choice {
  const { head, client } = question;
  const { pool, sticky, balancer, key } = route;
  const named = sticky?.backendOf(head.parser.fields) ?? null;
  if (named !== null) {
    const wait = pool.isFree(named) ? '' : '; it is full, so the request waits for it first';
    return { byCookie: true, backend: named, why: `the cookie of the request names it${wait}` };
  }
  const [first, ...others] = pool.eligible;
  if (first === undefined) return { backend: null, why: 'no backend may take it: 503 no_backend' };
  if (!pool.eligible.some(({ hasRoom }) => hasRoom)) {
    return { backend: null, why: 'every backend is full: it waits for its turn' };
  }
  if (others.length === 0) return { backend: first, why: 'it is the only one that may take it' };
  // Those of lb with a key go by it, and by loads; asking them changes nothing. Of a module nobody knows.
  if (key === null || algorithmNamed(algorithm) === undefined) {
    return { backend: null, why: `${algorithm} decides when the request comes` };
  }
  const hash = key.of(head, client);
  return { backend: balancer.pick(hash), why: `${algorithm} of its ${usedKey(route, question)}` };
}

/** Of a cookie that does not keep its client anywhere. */
function strayText(cookie: string | null, head: RequestHead): string {
  if (cookie === null) return '';
  const values = new CookieValues(cookie);
  values.begin(head.parser.fields);
  return values.next() ? `its cookie ${cookie} names no backend that keeps its clients; ` : '';
}

/** Whoever has none of what the algorithm goes by is told apart by address. */
function usedKey(route: Route, { head, client }: PoolQuestion): string | null {
  const source = route.balancer.algorithm.key;
  const text = keyText(route);
  if (source === null || source.of === 'client_ip') return text;
  const byAddress = new RequestKey({ ...source, of: 'client_ip' }).of(head, client);
  return route.key?.of(head, client) === byAddress ? `client_ip, since it has no ${text}` : text;
}

/** What the algorithm goes by. */
function keyText({ balancer }: Route): string | null {
  const { key } = balancer.algorithm;
  return key === null ? null : `${key.of} ${key.name}`.trim();
}

function explainBackend(
  backend: Backend,
  pool: Pool,
  { health }: PoolQuestion,
): BackendExplanation {
  return {
    backend: backend.name,
    address: formatAddress(backend.address),
    eligible: backend.slot >= 0 && backend.hasRoom,
    why: eligibilityText(backend, pool, health.get(backend) ?? null),
    weight: backend.configuredWeight,
    in_flight: backend.active,
    max_connections: backend.maxConnections,
    backup: backend.backup,
  };
}

import { isIP } from 'node:net';
import type {
  Explanation,
  ListenerExplanation,
  Question,
  RefusalExplanation,
  RouteExplanation,
} from '../api/explanation.ts';
import type { Backend } from '../backend/backend.ts';
import type { HttpListenerConfig, Snapshot } from '../config/snapshot.ts';
import { verdictText } from '../config/verdict-text.ts';
import { formatAddress } from '../foundation/address.ts';
import { didYouMean } from '../foundation/did-you-mean.ts';
import { LbError } from '../foundation/lb-error.ts';
import { type Reason, reasons } from '../foundation/reason.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { clientAddress } from '../middleware/client-address.ts';
import { TrustedProxies } from '../middleware/trusted-proxies.ts';
import type { Route } from '../protocol/route.ts';
import type { Router } from '../routing/router.ts';
import { listenersFor } from '../trial/listeners-for.ts';
import type { TrialRequest } from '../trial/trial-request.ts';
import { type Trial, tryRequest } from '../trial/try-request.ts';
import { reasonGuide } from '../why/reason-guide.ts';
import { explainPool } from './explain-pool.ts';

/** What there is to explain by. */
export interface Explained {
  readonly snapshot: Snapshot;
  /** Whether health and loads are real. */
  readonly live: boolean;
  /** @param listener name of an http listener of the snapshot. */
  routerOf(listener: string): Router<Route>;
  readonly health: ReadonlyMap<Backend, BackendHealth>;
}

/**
 * Says where a request would go and why, by the parser, the router and the pools of the traffic. Changes nothing: no cursor
 * moves, nothing is counted, nothing is sent.
 *
 * @throws LbError REQUEST_INVALID, NAME_UNKNOWN
 */
export function explainRequest(question: Question, explained: Explained): Explanation {
  const request = requestOf(question);
  const listeners = listenersOf(question, explained.snapshot);
  return {
    live: explained.live,
    listeners: listeners.map((listener) => explainAt(listener, request, question, explained)),
  };
}

function requestOf({ method, url, headers, client_ip }: Question): TrialRequest {
  if (isIP(client_ip) === 0) {
    const message = `Cannot take ${JSON.stringify(client_ip)} for a client: it is no IP address`;
    throw new LbError('REQUEST_INVALID', message);
  }
  const fields = headers.map((line) => {
    const colon = line.indexOf(':');
    if (colon > 0) return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    const message = `Cannot read the header ${JSON.stringify(line)}: it has no name; needs "Name: value"`;
    throw new LbError('REQUEST_INVALID', message);
  });
  return { method, url, fields };
}

function listenersOf({ url, listener }: Question, { listeners }: Snapshot) {
  const http = listeners.filter((each) => each.protocol === 'http');
  if (listener === null) return listenersFor(url, http);
  const named = http.filter(({ name }) => name === listener);
  if (named.length > 0) return named;
  const names = http.map(({ name }) => name);
  const advice = didYouMean(listener, names) || `; there is ${names.join(', ') || 'none'}`;
  const message = `Cannot ask listener ${JSON.stringify(listener)}: no http listener has this name${advice}`;
  throw new LbError('NAME_UNKNOWN', message);
}

function explainAt(
  listener: HttpListenerConfig,
  request: TrialRequest,
  { client_ip: peer }: Question,
  explained: Explained,
): ListenerExplanation {
  const router = explained.routerOf(listener.name);
  const trial = tryRequest(request, listener.limits, router);
  const client = trial.head === null ? peer : clientOf(trial.head, peer, explained.snapshot);
  const config = trial.route === null ? null : routeConfig(listener, trial.route.target);
  return {
    listener: listener.name,
    bind: formatAddress(listener.bind),
    client_ip: client,
    refusal: trial.refusal === null ? null : refusalOf(trial.refusal),
    routes: routesOf(trial),
    target:
      trial.head === null || trial.route === null
        ? null
        : explainPool(trial.route.target, {
            ...explained,
            head: trial.head,
            client,
            route: config,
          }),
  };
}

/** As the forwarding of the listener sees it. */
function clientOf(head: RequestHead, peer: string, { global }: Snapshot): string {
  const trusted = new TrustedProxies(global.trustedProxies);
  return trusted.includes(peer) ? clientAddress(head.parser.fields, peer, trusted) : peer;
}

function routeConfig({ routes }: HttpListenerConfig, { name }: Route) {
  return routes.find((route) => route.name === name) ?? null;
}

function refusalOf(reason: Reason): RefusalExplanation {
  const { cause, cure } = reasonGuide[reason];
  return { reason, ...reasons[reason], cause, cure };
}

function routesOf({ verdicts }: Trial<Route>): readonly RouteExplanation[] {
  return [...verdicts].map(([{ target }, verdict]) => ({
    route: target.name,
    pool: target.pool.name,
    outcome: verdict.outcome,
    why: verdictText(verdict),
  }));
}

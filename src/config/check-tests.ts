import { didYouMean } from '../foundation/did-you-mean.ts';
import { reasons } from '../foundation/reason.ts';
import { Router } from '../routing/router.ts';
import { listenersFor } from '../trial/listeners-for.ts';
import { type Trial, tryRequest } from '../trial/try-request.ts';
import type { Finding, Path } from './places.ts';
import { quote } from './problem.ts';
import type { HttpListenerConfig, RouteConfig, RouteTestConfig, Snapshot } from './snapshot.ts';
import { verdictText } from './verdict-text.ts';

/** Runs the tests of a configuration that has nothing else wrong with it. */
export function* checkTests(snapshot: Snapshot): Generator<Finding> {
  const routers = new Map<HttpListenerConfig, Router<RouteConfig>>();
  for (const [index, test] of snapshot.tests.entries()) {
    const path: Path = ['tests', index];
    const listener = listenerOf(test, snapshot);
    if ('message' in listener) {
      const key = test.listener === null ? 'request' : 'listener';
      yield { path: [...path, key], at: 'value', message: listener.message };
      continue;
    }
    const router = routers.get(listener) ?? routerOf(listener);
    routers.set(listener, router);
    const unknown = unknownName(test, listener, snapshot);
    if (unknown !== null) {
      yield { ...unknown, path: [...path, 'expect', ...unknown.path] };
      continue;
    }
    const failure = failureOf(test, tryRequest(test.request, listener.limits, router));
    if (failure !== null) yield { ...failure, path: [...path, 'expect', ...failure.path] };
  }
}

function routerOf({ routes }: HttpListenerConfig): Router<RouteConfig> {
  return new Router(routes.map((route) => ({ match: route.match, target: route })));
}

/** @returns the listener that is asked, or why there is none. */
function listenerOf(
  { listener: name, request }: RouteTestConfig,
  { listeners }: Snapshot,
): HttpListenerConfig | { readonly message: string } {
  const http = listeners.filter((listener) => listener.protocol === 'http');
  if (name !== null) {
    const named = listeners.find((listener) => listener.name === name);
    if (named?.protocol === 'http') return named;
    const names = http.map((listener) => listener.name);
    if (named !== undefined) {
      return {
        message: `${quote(name)} is a tcp listener, which has no routes; needs one for http`,
      };
    }
    const advice = didYouMean(name, names) || `; there is ${some(names)}`;
    return { message: `there is no listener ${quote(name)}${advice}` };
  }
  const [only, ...others] = listenersFor(request.url, http);
  if (only === undefined) return { message: 'there is no http listener to ask; remove the test' };
  if (others.length === 0) return only;
  const names = [only, ...others].map((listener) => listener.name);
  return { message: `may be asked of ${some(names)}; say which with \`listener\`` };
}

/** A name that nothing has would make a test that nobody can pass, whatever the request. */
function unknownName(
  { expect }: RouteTestConfig,
  { routes, name }: HttpListenerConfig,
  { pools }: Snapshot,
): Finding | null {
  if (expect.outcome === 'refused') return null;
  const known = {
    route: { names: routes.map((route) => route.name), where: ` on listener ${quote(name)}` },
    pool: { names: pools.map((pool) => pool.name), where: '' },
  };
  for (const key of ['route', 'pool'] as const) {
    const wanted = expect[key];
    const { names, where } = known[key];
    if (wanted === null || names.includes(wanted)) continue;
    const advice = didYouMean(wanted, names) || `; there is ${some(names)}`;
    return {
      path: [key],
      at: 'value',
      message: `there is no ${key} ${quote(wanted)}${where}${advice}`,
    };
  }
  return null;
}

function failureOf({ expect }: RouteTestConfig, trial: Trial<RouteConfig>): Finding | null {
  const found = foundText(trial);
  if (expect.outcome === 'refused') {
    if (trial.refusal === expect.reason) return null;
    return { path: [], at: 'value', message: `found ${found}; expected ${expect.reason}` };
  }
  const route = trial.route?.target;
  if (expect.route !== null && expect.route !== route?.name) {
    const message = `found ${found}; expected route ${quote(expect.route)}${whyNot(expect.route, trial)}`;
    return { path: ['route'], at: 'value', message };
  }
  if (expect.pool === null || expect.pool === route?.pool) return null;
  const message = `found ${found}; expected pool ${quote(expect.pool)}`;
  return { path: ['pool'], at: 'value', message };
}

function foundText({ route, refusal }: Trial<RouteConfig>): string {
  if (route !== null)
    return `route ${quote(route.target.name)} to pool ${quote(route.target.pool)}`;
  if (refusal === 'no_route' || refusal === null) return 'no route';
  return `${refusal}, ${reasons[refusal].text}`;
}

function whyNot(name: string, { verdicts }: Trial<RouteConfig>): string {
  for (const [{ target }, verdict] of verdicts) {
    if (target.name === name) return `, but ${verdictText(verdict)}`;
  }
  return '';
}

function some(names: readonly string[]): string {
  return names.slice(0, 10).map(quote).join(', ') + (names.length > 10 ? ', …' : '');
}

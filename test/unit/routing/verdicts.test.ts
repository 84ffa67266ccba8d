import { expect, it } from 'vitest';
import type { Matchable, RouteMatch } from '../../../src/routing/matcher.ts';
import { Router } from '../../../src/routing/router.ts';
import { verdictsOf } from '../../../src/routing/verdicts.ts';

const everything: RouteMatch = { hosts: [], path: '/', methods: [], headers: [] };

/** What is said of each of several routes about one request. */
function explain(
  routes: Readonly<Record<string, Partial<RouteMatch>>>,
  request: Partial<Matchable>,
): Readonly<Record<string, unknown>> {
  const router = new Router(
    Object.entries(routes).map(([target, match]) => ({
      match: { ...everything, ...match },
      target,
    })),
  );
  const head = { method: 'GET', host: 'www.example.com', path: '/', get: () => null, ...request };
  return Object.fromEntries([...verdictsOf(router, head)].map(([route, it]) => [route.target, it]));
}

const missed = { outcome: 'missed', name: '' };

it('names the first thing that a route misses: host, then path, then headers, then method', () => {
  const demands = { path: '/v1', methods: ['PUT'], headers: [['x-beta', '1']] } as const;
  const request = { path: '/v2' };
  expect(explain({ r: { ...demands, hosts: ['a.test', '*.b.test'] } }, request)).toEqual({
    r: { ...missed, at: 'host', wanted: ['a.test', '*.b.test'], found: 'www.example.com' },
  });
  expect(explain({ r: demands }, request)).toEqual({
    r: { ...missed, at: 'path', wanted: ['/v1'], found: '/v2' },
  });
  expect(explain({ r: demands }, { path: '/v1/x' })).toEqual({
    r: { ...missed, at: 'header', name: 'x-beta', wanted: ['1'], found: null },
  });
  expect(explain({ r: demands }, { path: '/v1', get: () => '1' })).toEqual({
    r: { ...missed, at: 'method', wanted: ['PUT'], found: 'GET' },
  });
});

it('says what put the winner before each route that would have taken the request, too', () => {
  const routes = {
    any: {},
    wildcard: { hosts: ['*.example.com'] },
    short: { hosts: ['www.example.com'], path: '/' },
    plain: { hosts: ['www.example.com'], path: '/v1' },
    winner: { hosts: ['*.com', 'www.example.com'], path: '/v1', methods: ['GET'] },
    equal: { hosts: ['www.example.com'], path: '/v1/', methods: ['GET', 'PUT'] },
  };
  const outranked = (precedence: object) => ({ outcome: 'outranked', precedence });
  const host = 'www.example.com';
  expect(explain(routes, { path: '/v1/x' })).toEqual({
    any: outranked({ by: 'host', winner: host, loser: '*' }),
    wildcard: outranked({ by: 'host', winner: host, loser: '*.example.com' }),
    short: outranked({ by: 'path', winner: '/v1', loser: '' }),
    plain: outranked({ by: 'conditions' }),
    winner: { outcome: 'matched' },
    equal: outranked({ by: 'order' }),
  });
});

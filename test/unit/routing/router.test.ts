import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matchable, RouteMatch } from '../../../src/routing/matcher.ts';
import { Router } from '../../../src/routing/router.ts';
import { verdictsOf } from '../../../src/routing/verdicts.ts';

type Fields = Readonly<Record<string, string>>;

function head(url: string, method = 'GET', fields: Fields = {}): Matchable {
  const slash = url.indexOf('/');
  const end = slash === -1 ? url.length : slash;
  return {
    method,
    host: url.slice(0, end),
    path: url.slice(end),
    get: (name) => fields[name] ?? null,
  };
}

const everything: RouteMatch = { hosts: [], path: '/', methods: [], headers: [] };

/** A router over named routes, in the order given; the names are the targets. */
const routerOf = (routes: Readonly<Record<string, Partial<RouteMatch>>>) =>
  new Router(
    Object.entries(routes).map(([target, match]) => ({
      match: { ...everything, ...match },
      target,
    })),
  );

describe('hosts', () => {
  const router = routerOf({
    any: {},
    com: { hosts: ['*.com'] },
    wildcard: { hosts: ['*.example.com'] },
    deep: { hosts: ['*.eu.example.com'] },
    exact: { hosts: ['www.example.com', 'example.net'] },
    v6: { hosts: ['[::1]'] },
  });

  it.each([
    ['www.example.com', 'exact'],
    ['example.net', 'exact'],
    ['api.example.com', 'wildcard'],
    ['a.b.c.example.com', 'wildcard'],
    ['eu.example.com', 'wildcard'],
    ['a.eu.example.com', 'deep'],
    ['a.b.eu.example.com', 'deep'],
    ['a.www.example.com', 'wildcard'],
    ['example.com', 'com'],
    ['notexample.com', 'com'],
    ['com', 'any'],
    ['.com', 'any'],
    ['example.org', 'any'],
    ['[::1]', 'v6'],
    ['', 'any'],
  ])('leads %j to %s', (host, target) => {
    expect(router.match(head(`${host}/`))).toBe(target);
  });

  it('answers null when only other hosts are known', () => {
    const known = routerOf({
      exact: { hosts: ['a.example'] },
      wildcard: { hosts: ['*.b.example'] },
    });
    expect(known.match(head('c.example/'))).toBeNull();
    expect(known.match(head('/'))).toBeNull();
  });

  it('answers null when there are no routes at all', () => {
    expect(routerOf({}).match(head('a.example/'))).toBeNull();
  });

  it('takes `*` for any host', () => {
    const router = routerOf({ exact: { hosts: ['a.example'] }, any: { hosts: ['*'] } });
    expect(router.match(head('b.example/'))).toBe('any');
  });
});

describe('paths', () => {
  const router = routerOf({
    root: { path: '/' },
    v1: { path: '/v1' },
    users: { path: '/v1/users/' },
    dotted: { path: '/a/../b' },
  });

  it.each([
    ['/v1', 'v1'],
    ['/v1/', 'v1'],
    ['/v1/x', 'v1'],
    ['/v1//x', 'v1'],
    ['/v10', 'root'],
    ['/V1', 'root'],
    ['/v1/users', 'users'],
    ['/v1/users/', 'users'],
    ['/v1/users/7', 'users'],
    ['/v1/users7', 'v1'],
    ['/v', 'root'],
    ['/', 'root'],
    ['*', 'root'],
    ['//v1', 'root'],
  ])('leads %s to %s', (path, target) => {
    expect(router.match({ ...head(''), path })).toBe(target);
  });

  it('compares bytes as they came, without resolving dot segments or percent-encoding', () => {
    expect(router.match(head('/x/../v1'))).toBe('root');
    expect(router.match(head('/%761'))).toBe('root');
    expect(router.match(head('/a/../b/c'))).toBe('dotted');
  });

  it('answers null when no prefix covers the path', () => {
    const router = routerOf({ v1: { path: '/v1' } });
    expect(router.match(head('/v2'))).toBeNull();
    expect(router.match({ ...head(''), path: '*' })).toBeNull();
  });

  it('treats prefixes that differ in a slash at the end as one, so that file order decides', () => {
    expect(routerOf({ a: { path: '/v1' }, b: { path: '/v1/' } }).match(head('/v1/x'))).toBe('a');
    expect(routerOf({ a: { path: '/v1/' }, b: { path: '/v1' } }).match(head('/v1'))).toBe('a');
  });
});

describe('methods and headers', () => {
  it('compares methods by case and takes any of those listed', () => {
    const router = routerOf({ write: { methods: ['PUT', 'POST'] } });
    expect(router.match(head('/', 'POST'))).toBe('write');
    expect(router.match(head('/', 'PUT'))).toBe('write');
    expect(router.match(head('/', 'put'))).toBeNull();
    expect(router.match(head('/', 'GET'))).toBeNull();
  });

  it('needs every header with exactly its value', () => {
    const router = routerOf({
      beta: {
        headers: [
          ['x-beta', '1'],
          ['x-tenant', 'blue'],
        ],
      },
    });
    expect(router.match(head('/', 'GET', { 'x-beta': '1', 'x-tenant': 'blue' }))).toBe('beta');
    expect(router.match(head('/', 'GET', { 'x-beta': '1', 'x-tenant': 'Blue' }))).toBeNull();
    expect(router.match(head('/', 'GET', { 'x-beta': '1, 1', 'x-tenant': 'blue' }))).toBeNull();
    expect(router.match(head('/', 'GET', { 'x-beta': '1' }))).toBeNull();
  });

  it('tells an empty header from an absent one', () => {
    const router = routerOf({ empty: { headers: [['x-beta', '']] } });
    expect(router.match(head('/', 'GET', { 'x-beta': '' }))).toBe('empty');
    expect(router.match(head('/'))).toBeNull();
  });

  it('asks routes with more headers first, then those with methods, then by file order', () => {
    const router = routerOf({
      plain: {},
      shadowed: {},
      get: { methods: ['GET'] },
      getToo: { methods: ['GET', 'HEAD'] },
      one: { headers: [['a', '1']] },
      two: {
        headers: [
          ['a', '1'],
          ['b', '2'],
        ],
      },
      oneGet: { headers: [['a', '1']], methods: ['GET'] },
    });
    expect(router.match(head('/', 'GET', { a: '1', b: '2' }))).toBe('two');
    expect(router.match(head('/', 'GET', { a: '1' }))).toBe('oneGet');
    expect(router.match(head('/', 'PUT', { a: '1' }))).toBe('one');
    expect(router.match(head('/', 'GET'))).toBe('get');
    expect(router.match(head('/', 'HEAD'))).toBe('getToo');
    expect(router.match(head('/', 'PUT'))).toBe('plain');
  });
});

describe('falling back', () => {
  const router = routerOf({
    any: { path: '/', methods: ['GET', 'PUT'] },
    wildcard: { hosts: ['*.example.com'], path: '/v1/users', headers: [['x-beta', '1']] },
    shorter: { hosts: ['api.example.com'], path: '/v1', methods: ['PUT'] },
    longest: { hosts: ['api.example.com'], path: '/v1/users', methods: ['POST'] },
  });
  const url = 'api.example.com/v1/users/7';

  it('takes the longest prefix of the most specific host while its conditions hold', () => {
    expect(router.match(head(url, 'POST', { 'x-beta': '1' }))).toBe('longest');
  });

  it('goes to a shorter prefix of the same host first', () => {
    expect(router.match(head(url, 'PUT', { 'x-beta': '1' }))).toBe('shorter');
  });

  it('goes to a less specific host when no prefix of the host takes the request', () => {
    expect(router.match(head(url, 'GET', { 'x-beta': '1' }))).toBe('wildcard');
    expect(router.match(head(url, 'GET'))).toBe('any');
    expect(router.match(head('api.example.com/v2', 'GET'))).toBe('any');
  });

  it('answers null when no route takes the request', () => {
    expect(router.match(head(url, 'DELETE'))).toBeNull();
  });
});

it('reads neither host nor path of a request that only one answer is possible for', () => {
  const unreadable = {
    method: 'GET',
    get host(): string {
      throw new Error('host was read');
    },
    get path(): string {
      throw new Error('path was read');
    },
    get: () => null,
  };
  expect(routerOf({ only: {} }).match(unreadable)).toBe('only');
});

/** The rules of a match, applied to one route at a time: how well it fits, or null. Later numbers break ties. */
function rank(match: RouteMatch, request: Matchable): readonly number[] | null {
  const hosts = match.hosts.length === 0 ? [''] : match.hosts;
  const hostFits = hosts.map((pattern) => {
    if (pattern === '') return 0;
    if (pattern === request.host) return Infinity;
    const covered = pattern.startsWith('*.') && request.host.endsWith(pattern.slice(1));
    return covered && request.host.length > pattern.length - 1 ? pattern.length : -1;
  });
  const hostFit = Math.max(...hostFits);
  const prefix = match.path.replace(/\/$/, '');
  const pathFits =
    prefix === '' || request.path === prefix || request.path.startsWith(`${prefix}/`);
  const methodFits = match.methods.length === 0 || match.methods.includes(request.method);
  const headersFit = match.headers.every(([name, value]) => request.get(name) === value);
  if (hostFit < 0 || !pathFits || !methodFits || !headersFit) return null;
  return [hostFit, prefix.length, match.headers.length, Math.min(match.methods.length, 1)];
}

/** Every route in turn; of those that fit equally well the first in the file. */
function matchByTheRules(matches: readonly RouteMatch[], request: Matchable): number | null {
  let best: { readonly route: number; readonly rank: readonly number[] } | null = null;
  for (const [route, match] of matches.entries()) {
    const found = rank(match, request);
    if (found === null) continue;
    const rival = best?.rank;
    const decisive = found.findIndex((value, n) => value !== rival?.[n]);
    if (rival === undefined || (decisive !== -1 && found[decisive]! > rival[decisive]!)) {
      best = { route, rank: found };
    }
  }
  return best?.route ?? null;
}

/** What is said of each route is true of that route by itself. */
function expectExplained(
  router: Router<number>,
  matches: readonly RouteMatch[],
  request: Matchable,
): void {
  const verdicts = [...verdictsOf(router, request)];
  expect(verdicts.map(([{ target }]) => target)).toEqual([...matches.keys()]);
  for (const [{ target, match }, { outcome }] of verdicts) {
    if (target === router.match(request)) expect(outcome).toBe('matched');
    else expect(outcome).toBe(rank(match, request) === null ? 'missed' : 'outranked');
  }
}

it('agrees with the rules applied to one route after the other', () => {
  const label = fc.constantFrom('a', 'b', 'ab');
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const pattern = fc.oneof(
    name,
    name.map((suffix) => `*.${suffix}`),
  );
  const segment = fc.constantFrom('', 'a', 'b', 'ab', '..', '%61');
  const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
  const method = fc.constantFrom('GET', 'PUT', 'get');
  const field = fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('', '1'));
  const match = fc.record({
    hosts: fc.array(pattern, { maxLength: 3 }),
    path,
    methods: fc.array(method, { maxLength: 2 }),
    headers: fc.uniqueArray(field, { maxLength: 2, selector: ([of]) => of }),
  });
  const request = fc
    .tuple(
      fc.oneof(name, fc.constant('')),
      fc.oneof(path, fc.constant('*')),
      method,
      fc.array(field),
    )
    .map(([host, at, by, fields]) => ({ ...head(host, by, Object.fromEntries(fields)), path: at }));
  fc.assert(
    fc.property(
      fc.array(match, { maxLength: 12 }),
      fc.array(request, { minLength: 1, maxLength: 20 }),
      (matches, requests) => {
        const router = new Router(matches.map((of, target) => ({ match: of, target })));
        for (const of of requests) {
          expect(router.match(of)).toBe(matchByTheRules(matches, of));
          expectExplained(router, matches, of);
        }
      },
    ),
    { numRuns: 500 },
  );
});

import type { Matchable, RouteMatch } from '../../src/routing/matcher.ts';
import { Router } from '../../src/routing/router.ts';
import { measure } from './measure.ts';

// What finding a route costs, with few and with many. Hosts and paths are made anew for every operation,
// as a parser makes them: a string that was looked up before has its hash at hand, which flatters.

const bytes = Buffer.alloc(256);

class Head implements Matchable {
  readonly method = 'GET';
  readonly hostEnd: number;
  readonly pathEnd: number;

  constructor(host: string, path: string) {
    this.hostEnd = bytes.write(host, 'latin1');
    this.pathEnd = this.hostEnd + bytes.write(path, this.hostEnd, 'latin1');
  }

  get host(): string {
    return bytes.toString('latin1', 0, this.hostEnd);
  }

  get path(): string {
    return bytes.toString('latin1', this.hostEnd, this.pathEnd);
  }

  get(name: string): string | null {
    return name === 'x-tenant' ? 'blue' : null;
  }
}

const route = (match: Partial<RouteMatch>, target: string) => ({
  match: { hosts: [], path: '/', methods: [], headers: [], ...match },
  target,
});
const many = (count: number, matchOf: (n: number) => Partial<RouteMatch>) =>
  new Router(Array.from({ length: count }, (_, n) => route(matchOf(n), `pool-${n}`)));

function compare(name: string, router: Router<string>, host: string, path: string): void {
  const head = new Head(host, path);
  if (router.match(head) === null) throw new Error(`No route for ${host}${path}: bench is wrong`);
  measure(name, (count) => {
    let found = 0;
    for (let i = 0; i < count; i++) if (router.match(head) !== null) found++;
    return found;
  });
}

const head = new Head('api-7.example.com', '/v7/users/123');
measure('(making the host string)', (count) => {
  let length = 0;
  for (let i = 0; i < count; i++) length += head.host.length;
  return length;
});
measure('(making the path string)', (count) => {
  let length = 0;
  for (let i = 0; i < count; i++) length += head.path.length;
  return length;
});

compare(
  '1 route, any host, / (makes neither)',
  many(1, () => ({})),
  'a.example.com',
  '/',
);
for (const count of [10, 10_000]) {
  const label = count.toLocaleString('en');
  const last = count - 1;
  const hosts = many(count, (n) => ({ hosts: [`api-${n}.example.com`] }));
  const wildcards = many(count, (n) => ({ hosts: [`*.api-${n}.example.com`] }));
  const paths = many(count, (n) => ({ path: `/v${n}/users` }));
  const both = many(count, (n) => ({
    hosts: [`api-${Math.floor(n / 10)}.example.com`],
    path: `/v${n % 10}/users`,
    methods: ['GET', 'POST'],
  }));
  compare(`${label} exact hosts (makes host)`, hosts, `api-${last}.example.com`, '/v7/users/123');
  compare(
    `${label} wildcard hosts (makes host)`,
    wildcards,
    `a.api-${last}.example.com`,
    '/v7/users/123',
  );
  compare(
    `${label} paths of any host (makes path)`,
    paths,
    'api-7.example.com',
    `/v${last}/users/123`,
  );
  const host = `api-${Math.floor(last / 10)}.example.com`;
  compare(
    `${label} of 10 paths a host, methods (makes both)`,
    both,
    host,
    `/v${last % 10}/users/123`,
  );
}

const fallback = new Router([
  route({ hosts: ['api.example.com'], path: '/v1', headers: [['x-tenant', 'red']] }, 'red'),
  route({ hosts: ['*.example.com'], path: '/v1/users', methods: ['PUT'] }, 'put'),
  route({}, 'rest'),
]);
compare(
  '3 routes, the widest after two refusals (makes all)',
  fallback,
  'api.example.com',
  '/v1/users/123',
);

measure('compile one of 10,000 routes', (count) => {
  const routes = Array.from({ length: count }, (_, n) =>
    route({ hosts: [`api-${n % 1000}.example.com`], path: `/v${Math.floor(n / 1000)}` }, 'pool'),
  );
  return new Router(routes).match(head);
});

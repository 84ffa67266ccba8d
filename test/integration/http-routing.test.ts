import { expect, it } from 'vitest';
import type { ConfigPart } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Echo, startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly fields?: readonly string[];
}

/** lb with an echo backend per pool that the routes name; asks it one request at a time. */
async function startRoutes(routes: readonly (ConfigPart & { readonly pool: string })[]) {
  const pools: Record<string, ConfigPart> = {};
  for (const { pool } of routes) {
    const { address } = await startEchoBackend(pool);
    pools[pool] = { backends: [address] };
  }
  const listeners = [{ name: 'web', bind: '127.0.0.1:0', routes }];
  const lb = await startLb({ listeners, pools });
  const ask = async ({ method = 'GET', path = '/', host = 'any.test', fields = [] }: Ask) => {
    const client = await connectRaw(lb.address('web'));
    client.send([`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...fields, '', ''].join('\r\n'));
    return client.response();
  };
  /** The pool whose backend answered, or the status when none did. */
  const poolFor = async (request: Ask) => {
    const { status, body } = await ask(request);
    return status === 200 ? (JSON.parse(body) as Echo).backend : status;
  };
  return { lb, ask, poolFor };
}

it('prefers an exact host to a wildcard, the longer wildcard to the shorter, and any of them to no host', async () => {
  const { poolFor } = await startRoutes([
    { pool: 'any' },
    { match: { host: ['*.example.com'] }, pool: 'wildcard' },
    { match: { host: ['*.eu.example.com'] }, pool: 'deep' },
    { match: { host: ['api.example.com', 'other.test'] }, pool: 'exact' },
  ]);
  expect(await poolFor({ host: 'api.example.com' })).toBe('exact');
  expect(await poolFor({ host: 'API.Example.COM:8080' })).toBe('exact');
  expect(await poolFor({ host: 'other.test' })).toBe('exact');
  expect(await poolFor({ host: 'www.example.com' })).toBe('wildcard');
  expect(await poolFor({ host: 'a.b.example.com' })).toBe('wildcard');
  expect(await poolFor({ host: 'a.eu.example.com' })).toBe('deep');
  expect(await poolFor({ host: 'example.com' })).toBe('any');
  expect(await poolFor({ host: 'badexample.com' })).toBe('any');
});

it('takes the longest path prefix, on segment boundaries only', async () => {
  const { poolFor } = await startRoutes([
    { pool: 'root' },
    { match: { path: '/api' }, pool: 'api' },
    { match: { path: '/api/v2/' }, pool: 'v2' },
  ]);
  expect(await poolFor({ path: '/' })).toBe('root');
  expect(await poolFor({ path: '/api' })).toBe('api');
  expect(await poolFor({ path: '/api?v=2' })).toBe('api');
  expect(await poolFor({ path: '/api/v1' })).toBe('api');
  expect(await poolFor({ path: '/api/v2/users' })).toBe('v2');
  expect(await poolFor({ path: '/apis' })).toBe('root');
});

it('routes by method and by exact field value', async () => {
  const { poolFor } = await startRoutes([
    { pool: 'any' },
    { match: { methods: ['POST', 'PUT'] }, pool: 'write' },
    { match: { headers: { 'x-beta': '1' } }, pool: 'beta' },
  ]);
  expect(await poolFor({})).toBe('any');
  expect(await poolFor({ method: 'PUT', fields: ['Content-Length: 0'] })).toBe('write');
  expect(await poolFor({ fields: ['X-Beta: 1'] })).toBe('beta');
  expect(await poolFor({ fields: ['X-Beta: 10'] })).toBe('any');
});

it('answers 404 where no route matches, as JSON or as HTML, and keeps the connection', async () => {
  const { lb, ask } = await startRoutes([{ match: { host: ['known.test'] }, pool: 'known' }]);
  const json = await ask({ path: '/lost', fields: ['Accept: application/json'] });
  expect(json.status).toBe(404);
  expect(json.headers.get('content-type')).toContain('application/json');
  expect(JSON.stringify(JSON.parse(json.body))).toContain('no_route');
  const html = await ask({ fields: ['Accept: text/html,application/xhtml+xml,*/*;q=0.8'] });
  expect(html.status).toBe(404);
  expect(html.headers.get('content-type')).toContain('text/html');
  expect(html.body).toContain('no_route');
  const line = await lb.line({ path: '/lost', status: 404 });
  expect(line).toMatchObject({ reason: 'no_route', method: 'GET', host: 'any.test' });

  const client = await connectRaw(lb.address('web'));
  client.send(
    'GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\nGET / HTTP/1.1\r\nHost: known.test\r\n\r\n',
  );
  expect((await client.response()).status).toBe(404);
  expect((await client.response()).status).toBe(200);
});

it('sets, adds and removes fields of requests', async () => {
  const { ask } = await startRoutes([
    {
      request_headers: { set: { 'X-Env': 'prod' }, add: { 'X-Tag': 'lb' }, remove: ['X-Debug'] },
      pool: 'app',
    },
  ]);
  const fields = ['X-Env: dev', 'x-env: test', 'X-Tag: client', 'x-debug: 1', 'X-Kept: yes'];
  const { headers } = JSON.parse((await ask({ fields })).body) as Echo;
  expect(headers).toMatchObject({ 'x-env': 'prod', 'x-tag': 'client, lb', 'x-kept': 'yes' });
  expect(headers).not.toHaveProperty('x-debug');
});

it('sets, adds and removes fields of responses', async () => {
  const { ask } = await startRoutes([
    {
      response_headers: {
        set: { 'Content-Type': 'application/edited' },
        add: { 'X-Served-By': 'lb' },
        remove: ['Date'],
      },
      pool: 'app',
    },
  ]);
  const { headers } = await ask({});
  expect(headers.get('content-type')).toBe('application/edited');
  expect(headers.get('x-served-by')).toBe('lb');
  expect(headers.get('date')).toBeNull();
});

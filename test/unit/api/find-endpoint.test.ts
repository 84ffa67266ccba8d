import { describe, expect, it } from 'vitest';
import { endpoints } from '../../../src/api/catalog.ts';
import { findEndpoint, knownPaths, pathAdvice } from '../../../src/api/find-endpoint.ts';

const BACKEND = '/api/v1/pools/{pool}/backends/{backend}';

describe('finding an endpoint', () => {
  it('finds each by its own path and method, and no two are alike', () => {
    for (const { method, path } of endpoints) {
      const found = findEndpoint(method, path.replaceAll(/[{}]/g, ''));
      expect(found).toMatchObject({ kind: 'endpoint', endpoint: { method, path } });
    }
    const names = endpoints.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(knownPaths())).toEqual(
      new Set([...endpoints.map(({ path }) => path), '/api/v1/openapi.json']),
    );
  });

  it('reads parameters, whatever characters a name has', () => {
    const backend = 'unix:/run/ä b.sock?#';
    const found = findEndpoint('GET', `/api/v1/pools/web/backends/${encodeURIComponent(backend)}`);
    expect(found).toMatchObject({
      endpoint: { path: BACKEND },
      parameters: { pool: 'web', backend },
    });
  });

  it.each([
    '/',
    '',
    '/api/v1/pools//backends/a',
    '/api/v1/pools/a/backends/%zz',
    '/API/v1/status',
    '/api/v1/status/',
  ])('finds nothing at %j', (path) =>
    expect(findEndpoint('GET', path)).toEqual({ kind: 'missing' }),
  );

  it('knows what was meant by a path that there is not', () => {
    expect(pathAdvice('/api/v1/statsu', knownPaths())).toBe('; did you mean "/api/v1/status"?');
    expect(pathAdvice('/', knownPaths())).toBe('');
  });

  it('says which methods a path understands', () => {
    expect(findEndpoint('POST', '/api/v1/pools/a/backends/b')).toEqual({
      kind: 'wrong_method',
      methods: ['GET', 'HEAD', 'DELETE'],
    });
    expect(findEndpoint('HEAD', '/healthz').kind).toBe('endpoint');
    expect(findEndpoint('HEAD', '/api/v1/reload').kind).toBe('wrong_method');
  });
});

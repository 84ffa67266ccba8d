import { describe, expect, it } from 'vitest';
import { configWith, problemsOf, snapshotOf } from './parse.ts';

const secret = 'sixteen-or-more-characters';

/** The problems of a pool that is sticky like this. */
const problemsWith = (sticky: string) => problemsOf(configWith({ pool: `{ sticky: ${sticky} }` }));
const stickyOf = (sticky: string) =>
  snapshotOf(configWith({ pool: `{ sticky: ${sticky} }` })).pools[0]?.sticky;

describe('a sticky pool', () => {
  it('has safe attributes by default', () => {
    expect(stickyOf('{}')).toEqual({
      cookie: 'lb',
      ttlMs: 0,
      secret: null,
      path: '/',
      domain: null,
      sameSite: 'lax',
      secure: 'auto',
      httpOnly: true,
    });
  });

  it('takes each of them from the file', () => {
    const cookie = '{ cookie: a.b, ttl: 720h, path: /app, domain: Shop.test, ';
    expect(stickyOf(`${cookie} same_site: none, secure: always, http_only: false }`)).toEqual({
      cookie: 'a.b',
      ttlMs: 720 * 3_600_000,
      secret: null,
      path: '/app',
      domain: 'Shop.test',
      sameSite: 'none',
      secure: 'always',
      httpOnly: false,
    });
  });

  it('reads its secret from a file', () => {
    const text = configWith({ pool: '{ sticky: { secret_file: key } }' });
    const { pools } = snapshotOf(text, { files: { '/etc/lb/key': `${secret}\n` } });
    expect(pools[0]?.sticky?.secret).toBe(secret);
  });
});

describe('what no browser would keep', () => {
  it.each([
    ['{ cookie: "a b" }', 'sticky.cookie: "a b" is not the name of a cookie'],
    ['{ cookie: "a=b" }', 'is not the name of a cookie'],
    ['{ path: app }', 'sticky.path: "app" is not the path of a cookie'],
    ['{ path: "/; Domain=x" }', 'is not the path of a cookie'],
    ['{ path: "/a;b" }', 'is not the path of a cookie'],
    ['{ domain: .shop.test }', 'sticky.domain: ".shop.test" is not the domain of a cookie'],
    ['{ domain: "a; Secure" }', 'is not the domain of a cookie'],
    ['{ ttl: 8761h }', '"8761h" is too large; needs 0s to 8760h'],
    ['{ same_site: lx }', '"lx" is not known; did you mean "lax"?'],
    ['{ same_site: none, secure: never }', 'sticky.secure: browsers refuse such a cookie'],
    ['{ cookie: __Secure-lb, secure: never }', 'with __Secure-; needs auto or always'],
    ['{ cookie: __Host-lb, path: /app }', 'may have no domain and no path but "/"'],
    ['{ cookie: __Host-lb, domain: shop.test }', 'may have no domain and no path but "/"'],
  ])('%s is refused', (sticky, message) => {
    expect(problemsWith(sticky)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    '{ same_site: none }',
    '{ secure: never }',
    '{ cookie: __Host-lb }',
    '{ cookie: __Secure-lb, path: /app, domain: shop.test }',
  ])('is not %s', (sticky) => expect(problemsWith(sticky)).toEqual([]));
});

describe('a secret', () => {
  it('is refused when it is short, and not repeated', () => {
    const [problem = '', ...others] = problemsOf(
      configWith({ pool: '{ sticky: { secret: "${KEY}" } }' }),
      { env: { KEY: 'fifteen letters' } },
    );
    expect(others).toEqual([]);
    expect(problem).toContain('sticky.secret: is too short to be a secret; needs 16');
    expect(problem).not.toContain('fifteen');
  });

  it('is one line', () => {
    expect(problemsWith(`{ secret: "${secret}\\n${secret}" }`)).toEqual([
      expect.stringContaining('sticky.secret: holds a control character; needs one line'),
    ]);
  });
});

const sticky = (extra = '') => `{ backends: ["a:1"], sticky: { ${extra} } }`;

it('is refused for a pool of a tcp listener, which has no cookies', () => {
  const text = [
    'listeners:',
    '  - { bind: ":80", pool: web }',
    '  - { bind: ":81", protocol: tcp, pool: web }',
    `pools: { web: ${sticky()} }`,
  ].join('\n');
  expect(problemsOf(text)).toEqual([
    expect.stringContaining('3:41: listeners[1].pool: "web" is sticky by cookie, which tcp has'),
  ]);
});

describe('two sticky pools of one listener', () => {
  const withRoutes = (one: string, other: string, cookie = '') =>
    problemsOf(
      [
        'listeners:',
        '  - bind: ":80"',
        `    routes: [{ ${one} pool: a }, { ${other} pool: b }]`,
        'pools:',
        `  a: ${sticky()}`,
        `  b: ${sticky(cookie)}`,
      ].join('\n'),
    );
  const clash =
    'pools.b.sticky: "lb" is also the cookie of the pool on line 5, which answers for the same host';

  it.each([
    ['', 'match: { path: /v1 },'],
    ['match: { host: [x.test, Shop.test] },', 'match: { host: shop.test, path: /v1 },'],
  ])('do not overwrite each other’s cookie', (one, other) => {
    const [problem = '', ...others] = withRoutes(one, other);
    expect(problem.replace('sticky.cookie', 'sticky')).toContain(clash);
    expect(others).toEqual([]);
    expect(withRoutes(one, other, 'cookie: lb2')).toEqual([]);
    expect(withRoutes(one, other, 'path: /v1')).toEqual([]);
  });

  it('may have the same cookie for different hosts', () => {
    expect(withRoutes('match: { host: a.test },', 'match: { host: b.test },')).toEqual([]);
    expect(withRoutes('match: { host: a.test },', '')).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { renderEffective } from '../../../src/config/effective.ts';
import { problemsOf, snapshotOf } from './parse.ts';

const config = (...tests: readonly string[]) =>
  [
    'listeners:',
    '  - name: web',
    '    bind: ":8080"',
    '    limits: { target_bytes: 64B }',
    '    routes:',
    '      - { name: api, match: { host: api.test, path: /v1 }, pool: api }',
    '      - { name: beta, match: { headers: { x-beta: "1" } }, pool: api }',
    '      - { match: { methods: [GET] }, pool: web }',
    '  - { name: other, bind: ":8081", pool: web }',
    '  - { name: db, bind: ":5432", protocol: tcp, pool: web }',
    'pools:',
    '  web: { backends: [127.0.0.1:3001] }',
    '  api: { backends: [127.0.0.1:3002] }',
    'tests:',
    ...tests.map((test) => `  - ${test}`),
    '',
  ].join('\n');

const passing = [
  '{ request: GET http://api.test:8080/v1/users, expect: { route: api, pool: api } }',
  '{ request: "POST http://x.test:8080/", headers: { X-Beta: 1 }, expect: { route: beta } }',
  '{ request: GET /, listener: web, expect: { pool: web } }',
  '{ request: POST /, listener: web, expect: no_route }',
  '{ request: "GET http://x.test:8080/", headers: { Content-Length: "1, 2" }, expect: bad_content_length }',
  '{ request: POST http://x.test:8081/, expect: { route: web } }',
];

it('accepts a configuration that passes its own tests', () => {
  expect(problemsOf(config(...passing))).toEqual([]);
});

it('prints tests among the effective configuration', () => {
  const snapshot = snapshotOf(config(...passing));
  expect(snapshotOf(renderEffective(snapshot, 'shown'))).toEqual(snapshot);
});

it.each([
  [
    '{ request: POST http://api.test:8080/v1, expect: { route: route-3 } }',
    'expect.route: found route "api" to pool "api"; expected route "route-3", but method is "POST", not "GET"',
  ],
  [
    '{ request: GET http://api.test:8080/v1, expect: { route: route-3 } }',
    'expect.route: found route "api" to pool "api"; expected route "route-3", but a more specific route wins: host "api.test" goes before "*"',
  ],
  [
    '{ request: GET http://b.test:8080/v1, expect: { route: api } }',
    'expect.route: found route "route-3" to pool "web"; expected route "api", but host is "b.test", not "api.test"',
  ],
  [
    '{ request: GET http://api.test:8080/v2, expect: { route: api } }',
    'expect.route: found route "route-3" to pool "web"; expected route "api", but path "/v2" is not below "/v1"',
  ],
  [
    '{ request: PUT http://api.test:8080/, expect: { route: beta } }',
    'expect.route: found no route; expected route "beta", but there is no header x-beta, and it needs "1"',
  ],
  [
    '{ request: PUT http://api.test:8080/, headers: { x-beta: 2 }, expect: { route: beta } }',
    'expect.route: found no route; expected route "beta", but header x-beta is "2", not "1"',
  ],
  [
    '{ request: GET http://api.test:8080/v1, expect: { route: api, pool: web } }',
    'expect.pool: found route "api" to pool "api"; expected pool "web"',
  ],
  [
    '{ request: GET http://api.test:8080/v1, expect: no_route }',
    'expect: found route "api" to pool "api"; expected no_route',
  ],
  [
    `{ request: GET http://api.test:8080/${'x'.repeat(64)}, expect: { route: api } }`,
    'expect.route: found target_too_long, the request target is longer than the limit; expected route "api"',
  ],
  [
    '{ request: GET http://api.test:8080/, expect: { route: apo } }',
    'expect.route: there is no route "apo" on listener "web"; did you mean "api"?',
  ],
  [
    '{ request: GET http://api.test:8080/, expect: { pool: else } }',
    'expect.pool: there is no pool "else"; there is "web", "api"',
  ],
  [
    '{ request: GET /, listener: wob, expect: no_route }',
    'listener: there is no listener "wob"; did you mean "web"?',
  ],
  [
    '{ request: GET /, listener: db, expect: no_route }',
    'listener: "db" is a tcp listener, which has no routes; needs one for http',
  ],
  [
    '{ request: GET /, expect: no_route }',
    'request: may be asked of "web", "other"; say which with `listener`',
  ],
])('says why %s fails', (test, message) => {
  const problems = problemsOf(config(passing[0]!, test));
  expect(problems).toEqual([expect.stringMatching(/^16:\d+: tests\[1\]\./)]);
  expect(problems[0]).toContain(`: tests[1].${message}`);
});

it('runs no test of a configuration that has something else wrong', () => {
  const text = config('{ request: GET /, listener: web, expect: no_route }');
  expect(problemsOf(text.replace('pool: web }', 'pool: wob }'))).toEqual([
    expect.stringContaining('there is no pool "wob"'),
  ]);
});

it.each([
  ['{ request: GET, expect: no_route }', '"GET" is not a request'],
  ['{ request: GET /, expect: no_rout }', 'did you mean "no_route"?'],
  ['{ request: GET /, expect: {} }', 'expect: is empty'],
  ['{ request: GET / }', 'expect: is missing'],
  ['{ expect: no_route }', 'request: is missing'],
])('refuses %s', (test, message) => {
  expect(problemsOf(config(test))).toEqual([expect.stringContaining(message)]);
});

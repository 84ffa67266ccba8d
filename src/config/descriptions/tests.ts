import type { Descriptions } from './description.ts';

/** The keys of `tests`. */
export const testDescriptions: Descriptions = {
  tests: {
    meaning: 'What certain requests must come to; checked whenever the file is.',
    example: '[{ request: GET http://example.com/, expect: { pool: web } }]',
    type: 'list of tests',
    default: 'none',
  },
  'tests[].request': {
    meaning:
      'A URL that is a path alone is asked of the host `localhost`. Nothing in it is decoded or resolved; `#…` stays out.',
    example: 'GET http://example.com/x',
  },
  'tests[].headers': {
    meaning: 'Its further fields; `Host` replaces that of the URL.',
    example: '{ X-Beta: "1" }',
  },
  'tests[].listener': {
    meaning: 'Whose routes and limits are asked.',
    example: 'web',
    type: 'name of an http listener',
    default: 'the one bound to the port of the URL, or the only one',
  },
  'tests[].expect': {
    meaning:
      'Where the request must go, or what lb must refuse it with: `no_route`, or another of the [reasons](reasons.md) for 4xx and 5xx that a request alone can give.',
    example: 'no_route',
    type: 'map with `route`, `pool` or both, or a reason',
  },
  'tests[].expect.route': {
    meaning: 'Name of the route; `route-1` and so on for routes without a name.',
    example: 'api',
    default: 'any',
  },
  'tests[].expect.pool': { meaning: 'Name of the pool.', example: 'api', default: 'any' },
};

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { configWith, problemsOf, snapshotOf } from './parse.ts';

const withCheck = (check: string) => configWith({ pool: `{ health_check: ${check} }` });
const checkOf = (check: string, rest = '') =>
  snapshotOf(withCheck(check) + rest).pools[0]?.healthCheck;

it('switches each way of judging backends off', () => {
  const text = configWith({ pool: '{ health_check: off, passive_health: off }' });
  expect(snapshotOf(text).pools[0]).toMatchObject({ healthCheck: null, passiveHealth: null });
});

it('gives an http check its own defaults', () => {
  expect(checkOf('{ type: http, interval: 1s }')).toEqual({
    type: 'http',
    intervalMs: 1000,
    timeoutMs: 2000,
    unhealthyThreshold: 3,
    healthyThreshold: 2,
    options: {
      method: 'GET',
      path: '/',
      host: '',
      headers: {},
      body: '',
      expected_codes: ['200-399'],
      expected_body: '',
      expected_body_regex: '',
    },
  });
});

it('takes a check by its name, for as many pools as like', () => {
  const rest = 'health_checks: { deep: { type: http, path: /deep } }\n';
  expect(checkOf('deep', rest)).toEqual(checkOf('{ type: http, path: /deep }'));
});

it('finds a module from the folder of lb.yaml', () => {
  expect(checkOf('{ type: ./checks/mine.js }')).toMatchObject({
    type: 'module',
    options: { module: '/etc/lb/checks/mine.js' },
  });
});

it.each([
  ['{ type: htp }', '"htp" is not a type of check; did you mean "http"?'],
  [
    '{ type: mine }',
    '"mine" is not a type of check; needs tcp, http or the path of a module such as ./my-check.js',
  ],
  [
    '{ path: /x }',
    'is only for type http, and this check is of type tcp; remove it or write type: http',
  ],
  [
    '{ type: http, send: x }',
    'is only for type tcp, and this check is of type http; remove it or write type: tcp',
  ],
  [
    '{ type: ./x.js, path: /x }',
    'is only for type http, and this check is of type ./x.js; remove it or write type: http',
  ],
  [
    '{ type: http, expected_codes: [200-] }',
    '"200-" is no status code; needs a status from 200 to 599, or a range of them such as 200-399',
  ],
  ['{ type: http, expected_codes: [399-200] }', '"399-200" is no status code'],
  ['{ type: http, expected_codes: [] }', 'is empty; needs at least one entry'],
  ['{ type: http, expected_body_regex: "(" }', '"(" cannot be compiled'],
  [
    '{ type: http, path: health }',
    '"health" is not what can be asked for; needs a path such as /health',
  ],
  ['{ type: http, method: PUT }', 'needs one of GET, HEAD, POST'],
  ['{ type: http, headers: { Content-Length: "5" } }', '"Content-Length" cannot be edited'],
  ['{ interval: 0s }', '"0s" is too small; needs 100ms to 168h'],
  ['http', 'there is no health check "http"; for a check of this type write { type: http }'],
  ['deep', 'there is no health check "deep"; define it under health_checks'],
])('refuses health_check: %s', (check, message) => {
  expect(problemsOf(withCheck(check))).toEqual([expect.stringContaining(message)]);
});

it('guesses which of the named checks was meant', () => {
  const text = `${withCheck('dep')}health_checks: { deep: { type: http } }\n`;
  expect(problemsOf(text)).toEqual([
    expect.stringContaining('there is no health check "dep"; did you mean "deep"?'),
  ]);
});

it('refuses a check that nobody could name', () => {
  expect(problemsOf(`${withCheck('off')}health_checks: { off: {} }\n`)).toEqual([
    expect.stringContaining('health_checks.off: cannot be named'),
  ]);
});

it('refuses an ejection longer than the longest', () => {
  const text = configWith({ pool: '{ passive_health: { ejection: 2m } }' });
  expect(problemsOf(text)).toEqual([
    expect.stringContaining('"60s" is less than ejection, 2m; raise it'),
  ]);
});

it('tells where a module is named that cannot be loaded', async () => {
  const folder = makeTempDir();
  const file = join(folder, 'lb.yaml');
  writeFileSync(file, withCheck('{ type: ./mine.mjs }'));
  const missing = await loadConfig(file, {});
  expect(missing.ok ? [] : missing.problems).toEqual([
    expect.objectContaining({
      file,
      line: 5,
      message: expect.stringContaining('pools.web.health_check.type: cannot be loaded: '),
    }),
  ]);
  writeFileSync(join(folder, 'mine.mjs'), 'export const probe = () => undefined;');
  expect((await loadConfig(file, {})).ok).toBe(true);
});

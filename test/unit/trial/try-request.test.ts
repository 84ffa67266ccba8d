import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Router } from '../../../src/routing/router.ts';
import { listenersFor } from '../../../src/trial/listeners-for.ts';
import { headBytes, targetOf } from '../../../src/trial/trial-request.ts';
import { readTrial, trialRefusals, tryRequest } from '../../../src/trial/try-request.ts';

const limits = { headerBytes: 4096, headerCount: 20, targetBytes: 1024, bodyBytes: 1000 };
const get = (url: string, ...fields: (readonly [string, string])[]) => ({
  method: 'GET',
  url,
  fields,
});
const router = new Router([
  { match: { hosts: ['a.test'], path: '/v1', methods: [], headers: [] }, target: 'v1' },
]);

describe('a URL', () => {
  it.each([
    ['http://a.test/x?y=1#z', { authority: 'a.test', port: 80, target: '/x?y=1' }],
    ['HTTPS://a.test', { authority: 'a.test', port: 443, target: '/' }],
    ['http://a.test:8080?q', { authority: 'a.test:8080', port: 8080, target: '/?q' }],
    ['http://[::1]:81/', { authority: '[::1]:81', port: 81, target: '/' }],
    ['http://[::1]/', { authority: '[::1]', port: 80, target: '/' }],
    ['/x', { authority: 'localhost', port: null, target: '/x' }],
    ['*', { authority: 'localhost', port: null, target: '*' }],
  ])('%s is asked as a client would', (url, expected) => {
    expect(targetOf(url)).toEqual(expected);
  });

  it('leads to the listeners bound to its port, or to any', () => {
    const [one, other] = [8080, 80].map((port) => ({
      bind: { kind: 'tcp', host: '', port } as const,
    }));
    const socket = { bind: { kind: 'unix', path: '/run/lb' } as const };
    const all = [one!, other!, socket];
    expect(listenersFor('http://a.test/', all)).toEqual([other]);
    expect(listenersFor('http://a.test:8080/', all)).toEqual([one]);
    expect(listenersFor('http://a.test:99/', all)).toEqual(all);
    expect(listenersFor('/', all)).toEqual(all);
  });
});

it('sends the Host that is given in place of that of the URL', () => {
  const text = (...fields: (readonly [string, string])[]) =>
    headBytes(get('http://a.test/', ...fields)).toString();
  expect(text(['x-a', '1'])).toBe('GET / HTTP/1.1\r\nHost: a.test\r\nx-a: 1\r\n\r\n');
  expect(text(['HOST', 'b.test'])).toBe('GET / HTTP/1.1\r\nHOST: b.test\r\n\r\n');
});

it.each([
  [get('http://a test/'), 'bad_host'],
  [get('/', ['Content-Length', '5, 6']), 'bad_content_length'],
  [get('/', ['Content-Length', '5'], ['Transfer-Encoding', 'chunked']), 'length_and_chunked'],
  [get('/', ['Host', 'a.test'], ['host', 'b.test']), 'repeated_host'],
  [get('/', ['a b', '']), 'space_before_colon'],
  [get('/', ['Expect', 'tea']), 'expectation_failed'],
  [get('/', ['Content-Length', '1001']), 'body_too_large'],
  [get(`/${'x'.repeat(1024)}`), 'target_too_long'],
  [get('/', ['X', 'y'.repeat(4096)]), 'header_too_large'],
  [get('/a b'), 'bad_version'],
  [{ ...get('a.test:443'), method: 'CONNECT' }, 'connect_method'],
  [get('http://b.test/v1'), 'no_route'],
] as const)('refuses %o as traffic would be', (request, refusal) => {
  expect(tryRequest(request, limits, router)).toMatchObject({ refusal, route: null });
});

it('routes what it can read', () => {
  const trial = tryRequest(get('http://a.test/v1/x'), limits, router);
  expect(trial).toMatchObject({ refusal: null, route: { target: 'v1' } });
  expect(trial.head).toMatchObject({ host: 'a.test', path: '/v1/x' });
});

it('comes to an answer for any request, and refuses it with what a head can be refused for', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aG:/?#*[] \t\r\n\u0000ü1,'), maxLength: 12 });
  const name = fc.oneof(
    text,
    fc.constantFrom('Host', 'Content-Length', 'Transfer-Encoding', 'Expect', 'Max-Forwards'),
  );
  const value = fc.oneof(text, fc.constantFrom('chunked', 'gzip', '0', '5', 'a.test'));
  const request = fc.record({
    method: fc.oneof(text, fc.constantFrom('GET', 'OPTIONS', 'CONNECT', 'TRACE')),
    url: fc.oneof(
      text,
      text.map((rest) => `http://a.test/${rest}`),
    ),
    fields: fc.array(fc.tuple(name, value), { maxLength: 4 }),
  });
  const known: readonly string[] = [...trialRefusals, 'header_timeout'];
  fc.assert(
    fc.property(request, (of) => {
      const read = readTrial(of, limits);
      if (!read.ok) expect(known).toContain(read.reason);
    }),
    { numRuns: 2000 },
  );
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { algorithms } from '../../../src/balancing/catalog.ts';
import { renderEffective } from '../../../src/config/effective.ts';
import { configWith, problemsOf, snapshotOf } from './parse.ts';

const algorithmOf = (text: string) =>
  snapshotOf(configWith({ pool: `{ algorithm: ${text} }` })).pools[0]?.algorithm;

const problemsWith = (text: string) => problemsOf(configWith({ pool: `{ algorithm: ${text} }` }));

it.each(algorithms.map(({ name }) => name))('takes %s by its name, and as a map', (name) => {
  expect(algorithmOf(name)).toMatchObject({ name });
  expect(algorithmOf(`{ name: ${name} }`)).toEqual(algorithmOf(name));
});

it('fills in the options that are not given', () => {
  expect(algorithmOf('consistent_hash')?.options).toEqual({ key: 'client_ip', virtual_nodes: 512 });
  expect(algorithmOf('{ name: consistent_hash, key: { header: X-User } }')?.options).toEqual({
    key: { header: 'X-User' },
    virtual_nodes: 512,
  });
  expect(algorithmOf('ip_hash')?.options).toEqual({ ipv6_prefix: 128 });
});

it.each([
  ['{ name: consistent_hash, key: path, virtual_nodes: 1, bounded_load: 1.25 }'],
  ['{ name: consistent_hash, key: { cookie: id } }'],
  ['{ name: consistent_hash, key: { query: "a[b]" } }'],
  ['{ name: ip_hash, ipv6_prefix: 64 }'],
  ['least_connections'],
  ['./my-algorithm.js'],
  ['{ name: /etc/lb/my-algorithm.mjs, steps: 3, names: [a] }'],
])('says of %s in full what it means', (text) => {
  const snapshot = snapshotOf(configWith({ pool: `{ algorithm: ${text} }` }));
  expect(snapshotOf(renderEffective(snapshot, 'shown'))).toEqual(snapshot);
});

it.each([
  ['round_robbin', '"round_robbin" is not known; did you mean "round_robin"?'],
  ['[random]', 'found a list; needs one of round_robin, '],
  ['{ virtual_nodes: 3 }', 'algorithm.name: is missing; needs one of round_robin, '],
  ['{ name: round, x: 1 }', 'algorithm.name: "round" is not known; needs one of'],
  ['{ name: ip_hash, virtual_nodes: 3 }', 'unknown key; known here: name, ipv6_prefix'],
  ['{ name: random, key: path }', 'algorithm.key: unknown key; known here: name'],
  ['{ name: ip_hash, ipv6_prefix: 129 }', 'found 129; needs a whole number from 1 to 128'],
  ['{ name: consistent_hash, bounded_load: 1 }', 'found 1; needs a number from 1.05 to 10'],
  ['{ name: consistent_hash, key: header }', '"header" needs a name; write { header: NAME }'],
  ['{ name: consistent_hash, key: { headr: X } }', 'unknown key; did you mean "header"?'],
  [
    '{ name: consistent_hash, key: { header: X, cookie: x } }',
    'algorithm.key: found a map; needs client_ip or path, or a map with one of header, cookie, query',
  ],
  ['{ name: consistent_hash, key: { cookie: "a b" } }', '"a b" is not the name of a cookie'],
])('refuses %s, saying what would do', (text, message) => {
  expect(problemsWith(text)).toEqual([expect.stringContaining(message)]);
});

it('refuses a key of HTTP requests for the sessions of a TCP listener', () => {
  const text = (algorithm: string) =>
    [
      'listeners:',
      '  - { bind: ":80", pool: web }',
      '  - { bind: ":81", pool: web, protocol: tcp }',
      `pools: { web: { backends: ["a:1"], algorithm: ${algorithm} } }`,
    ].join('\n');
  expect(problemsOf(text('{ name: consistent_hash, key: client_ip }'))).toEqual([]);
  expect(problemsOf(text('{ name: consistent_hash, key: { cookie: id } }'))).toEqual([
    expect.stringContaining(
      'pools.web.algorithm.key: "cookie" is a part of HTTP requests, and the listener on line 3 has TCP sessions for this pool; needs client_ip',
    ),
  ]);
  const http = text('{ name: consistent_hash, key: path }').replace(', protocol: tcp', '');
  expect(problemsOf(http)).toEqual([]);
});

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');

it.each(algorithms)(
  '$name stands in the reference, with whether it goes by weights',
  (algorithm) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${algorithm.name}\` |`));
    expect(row?.split(' | ')[1]).toBe(algorithm.weighted ? 'yes' : 'no');
  },
);

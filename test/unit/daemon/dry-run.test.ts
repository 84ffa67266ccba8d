import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/api/explanation.ts';
import { explainDry } from '../../../src/daemon/dry-run.ts';
import { snapshotOf } from '../config/parse.ts';

const TEXT = `
global: { trusted_proxies: [10.0.0.0/8] }
listeners:
  - name: web
    bind: ":8080"
    routes:
      - { name: api, match: { host: api.test }, pool: api }
      - { name: hash, match: { path: /hash }, pool: web, algorithm: { name: consistent_hash, key: { header: X-User } } }
      - { name: site, match: { methods: [GET] }, pool: web }
  - { name: other, bind: ":8081", pool: parked }
  - { name: db, bind: ":5432", protocol: tcp, pool: parked }
pools:
  api:
    algorithm: ip_hash
    backends: [a.internal:1, b.internal:1, { name: gone, address: "127.0.0.1:9", weight: 0 }]
  web:
    backends: [127.0.0.1:1, 127.0.0.1:2, { name: spare, address: "127.0.0.1:3", backup: true }]
    sticky: { cookie: stay }
  parked:
    backends: [{ name: p, address: "127.0.0.1:4", weight: 0 }]
`;
const loaded = { snapshot: snapshotOf(TEXT), customAlgorithms: new Map() };

function explain(url: string, question: Partial<Question> = {}) {
  const plain = { method: 'GET', headers: [], client_ip: '192.0.2.1', listener: null };
  return explainDry(loaded, { ...plain, ...question, url });
}
const target = (url: string, question: Partial<Question> = {}) =>
  explain(url, question).listeners[0]?.target;

describe('a request explained by a file alone', () => {
  it('asks the listener bound to the port of the URL, the one that is named, or all', () => {
    const names = (url: string, listener: string | null = null) =>
      explain(url, { listener }).listeners.map((each) => each.listener);
    expect(names('http://x.test:8081/')).toEqual(['other']);
    expect(names('http://x.test/')).toEqual(['web', 'other']);
    expect(names('http://x.test:8081/', 'web')).toEqual(['web']);
    expect(() => names('/', 'wob')).toThrow('no http listener has this name; did you mean "web"?');
    expect(() => names('/', 'db')).toThrow('no http listener has this name; there is web, other');
  });

  it('says of each route why, and of what lb refuses what that means', () => {
    expect(explain('/', { method: 'PUT', listener: 'web' })).toEqual({
      live: false,
      listeners: [
        expect.objectContaining({
          listener: 'web',
          bind: ':8080',
          refusal: expect.objectContaining({ status: 404, reason: 'no_route' }),
          target: null,
          routes: [
            expect.objectContaining({ route: 'api', outcome: 'missed', pool: 'api' }),
            expect.objectContaining({ why: 'path "/" is not below "/hash"' }),
            expect.objectContaining({ why: 'method is "PUT", not "GET"' }),
          ],
        }),
      ],
    });
    const headers = ['Content-Length: 5', 'content-length: 6'];
    expect(explain('/', { listener: 'web', headers }).listeners[0]).toMatchObject({
      refusal: { status: 400, reason: 'repeated_content_length' },
      routes: [],
      target: null,
    });
  });

  it('counts every backend as well, and says who is eligible all the same', () => {
    expect(target('http://api.test:8080/')?.backends).toMatchObject([
      { backend: 'a.internal:1', eligible: true },
      { backend: 'b.internal:1', eligible: true },
      {
        backend: 'gone',
        eligible: false,
        why: 'weight 0: it keeps its clients and gets no others',
      },
    ]);
    expect(target('http://x.test:8080/')).toMatchObject({
      algorithm: 'round_robin',
      key: null,
      sticky_cookie: 'stay',
      choice: null,
      why: 'round_robin decides when the request comes',
      backends: [{}, {}, { eligible: false, why: 'a backup: primaries take the traffic' }],
    });
    expect(target('http://x.test:8081/')).toMatchObject({
      choice: null,
      why: 'no backend may take it: 503 no_backend',
    });
  });

  it('names the backend that a hash gives, the same for the same client', () => {
    const choices = Array.from({ length: 20 }, (_, n) => {
      const client_ip = `192.0.2.${n}`;
      const found = target('http://api.test:8080/', { client_ip });
      expect(found).toEqual(target('http://api.test:8080/', { client_ip }));
      expect(found?.why).toBe('ip_hash of its client_ip');
      return found?.choice;
    });
    expect(new Set(choices)).toEqual(new Set(['a.internal:1', 'b.internal:1']));
  });

  it('goes by the address that a trusted proxy gives, and by no other', () => {
    const headers = ['X-Forwarded-For: 198.51.100.7'];
    const clientOf = (client_ip: string) =>
      explain('http://api.test:8080/', { client_ip, headers }).listeners[0]?.client_ip;
    expect(clientOf('10.1.2.3')).toBe('198.51.100.7');
    expect(clientOf('192.0.2.1')).toBe('192.0.2.1');
  });

  it('says when a request has not what its hash goes by', () => {
    const url = 'http://x.test:8080/hash';
    expect(target(url)?.why).toBe(
      'consistent_hash of its client_ip, since it has no header X-User',
    );
    expect(target(url, { headers: ['X-User: anna'] })).toMatchObject({
      key: 'header X-User',
      why: 'consistent_hash of its header X-User',
    });
  });

  it('says of a cookie that names nobody that it does not count', () => {
    const why = target('http://x.test:8080/', { headers: ['Cookie: a=1; stay=nobody'] })?.why;
    expect(why).toBe(
      'its cookie stay names no backend that keeps its clients; round_robin decides when the request comes',
    );
  });

  it.each([
    [{ headers: ['nonsense'] }, 'Cannot read the header "nonsense"'],
    [{ client_ip: 'nobody' }, 'Cannot take "nobody" for a client'],
  ])('refuses %o', (question, message) => {
    expect(() => explain('/', question)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/foundation/byte-writer.ts';
import { compileEdits, type HeadEditRules, NO_EDITS } from '../../../src/http1/head-edits.ts';
import type { RequestHead } from '../../../src/http1/request-head.ts';
import { writeRequestHead } from '../../../src/http1/write-request.ts';
import { type ForwardedOptions, ForwardedPolicy } from '../../../src/middleware/forwarded.ts';
import { RequestIds } from '../../../src/middleware/request-id.ts';
import { TrustedProxies } from '../../../src/middleware/trusted-proxies.ts';
import { getWith, readHead } from './read-head.ts';

const all: ForwardedOptions = {
  xForwardedFor: true,
  xForwardedProto: true,
  xForwardedHost: true,
  xForwardedPort: true,
  forwarded: true,
  requestId: true,
};
const none: ForwardedOptions = {
  xForwardedFor: false,
  xForwardedProto: false,
  xForwardedHost: false,
  xForwardedPort: false,
  forwarded: false,
  requestId: false,
};
const madeId = 'ab'.repeat(16);
const trusted = new TrustedProxies(['10.0.0.0/8', 'fd00::/8']);
const client = '203.0.113.7';
const proxy = '10.0.0.1';

interface From {
  readonly peer?: string;
  readonly options?: Partial<ForwardedOptions>;
  readonly port?: number | null;
  readonly edits?: HeadEditRules;
}

/** The field lines that the backend gets. */
function linesFor(head: RequestHead, { peer = client, options = {}, port = 8080, edits }: From) {
  const ids = new RequestIds((bytes) => bytes.fill(0xab));
  const policy = new ForwardedPolicy({ ...all, ...options }, port, trusted, ids);
  const fields = policy.fieldsFor(peer);
  fields.begin(head);
  const out = new ByteWriter(70_000);
  const compiled = edits === undefined ? NO_EDITS : compileEdits(edits, false);
  writeRequestHead(out, head, compiled, fields);
  return out.buffer.toString('latin1', 0, out.length).split('\r\n').slice(1, -2);
}

const claims = [
  'X-Forwarded-For: 198.51.100.1',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: evil.test',
  'X-Forwarded-Port: 443',
  'Forwarded: for=198.51.100.1;proto=https',
  'X-Request-ID: claimed',
];
const nomination = `Connection: ${claims.map((claim) => claim.split(':')[0]).join(', ')}`;
const begun = [
  `X-Forwarded-For: ${client}`,
  'X-Forwarded-Proto: http',
  'X-Forwarded-Port: 8080',
  `X-Request-ID: ${madeId}`,
  `Forwarded: for=${client};host="shop.test:8080";proto=http`,
  'X-Forwarded-Host: shop.test:8080',
];

describe('a peer that is not trusted', () => {
  it.each([
    ['says nothing', []],
    ['makes every claim', claims],
    ['makes every claim twice', [...claims, ...claims]],
    ['nominates them in Connection', [nomination, ...claims]],
  ])('gets every field begun anew when it %s', (_, fields) => {
    expect(linesFor(getWith(...fields), {})).toEqual(['Host: shop.test:8080', ...begun]);
  });

  it('has its claims dropped, whether or not lb writes such fields', () => {
    expect(linesFor(getWith(...claims, 'X-Other: 1'), { options: none })).toEqual([
      'Host: shop.test:8080',
      'X-Other: 1',
    ]);
  });
});

describe('a trusted peer', () => {
  it('has its lists continued and the rest kept', () => {
    expect(linesFor(getWith(...claims), { peer: proxy })).toEqual([
      'Host: shop.test:8080',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.test',
      'X-Forwarded-Port: 443',
      `X-Forwarded-For: 198.51.100.1, ${proxy}`,
      'X-Request-ID: claimed',
      `Forwarded: for=198.51.100.1;proto=https, for=${proxy};host="shop.test:8080";proto=http`,
    ]);
  });

  it.each([[], [nomination]])(
    'has everything kept as it came where lb writes nothing',
    (...more) => {
      const lines = linesFor(getWith(...more, ...claims), { peer: proxy, options: none });
      expect(lines).toEqual(['Host: shop.test:8080', ...claims]);
    },
  );

  it('has what it did not say begun, like any peer', () => {
    const lines = linesFor(getWith(), { peer: proxy });
    expect(lines).toEqual(
      begun.map((line) => line.replace(client, proxy)).toSpliced(0, 0, 'Host: shop.test:8080'),
    );
  });

  it('has several lines of a list made one', () => {
    const fields = ['X-Forwarded-For: 198.51.100.1', 'x-forwarded-for: 10.0.0.2, 10.0.0.3'];
    const lines = linesFor(getWith(...fields), { peer: proxy });
    expect(lines.filter((line) => /x-forwarded-for/i.test(line))).toEqual([
      `X-Forwarded-For: 198.51.100.1, 10.0.0.2, 10.0.0.3, ${proxy}`,
    ]);
  });

  it.each(['X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.test'])(
    'that says only %s is not given the port of lb for that of the client',
    (field) => {
      const lines = linesFor(getWith(field), { peer: proxy });
      expect(lines.join()).not.toContain('X-Forwarded-Port');
    },
  );

  it('has an id made in place of one that is not sane', () => {
    const lines = linesFor(getWith('X-Request-ID: not sane'), { peer: proxy });
    expect(lines).toContain(`X-Request-ID: ${madeId}`);
    expect(lines.join()).not.toContain('not sane');
  });
});

it.each(Object.keys(all) as (keyof ForwardedOptions)[])(
  'writes nothing for %s: false',
  (option) => {
    const name = option
      .replace(/[A-Z]/g, (letter) => `-${letter}`)
      .replace(/^request/, 'x-request');
    const named = (line: string) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`);
    expect(linesFor(getWith(), {}).filter(named)).toHaveLength(1);
    const lines = linesFor(getWith(), { options: { [option]: false } });
    expect(lines.filter(named)).toEqual([]);
    expect(lines).toHaveLength(begun.length);
  },
);

it('puts IPv6 into Forwarded in brackets and quotes', () => {
  const lines = linesFor(getWith(), { peer: '2001:db8::7' });
  expect(lines).toContain('X-Forwarded-For: 2001:db8::7');
  expect(lines).toContain('Forwarded: for="[2001:db8::7]";host="shop.test:8080";proto=http');
});

it('says of a peer without an address that it is unknown', () => {
  const lines = linesFor(getWith(), { peer: '', port: null });
  expect(lines.join()).not.toMatch(/X-Forwarded-(For|Port)/);
  expect(lines).toContain('Forwarded: for=unknown;host="shop.test:8080";proto=http');
});

it('takes the host of an absolute-form target', () => {
  const head = readHead('GET http://Shop.test/x HTTP/1.1', 'Host: shop.test');
  const lines = linesFor(head, {});
  expect(lines).toContain('X-Forwarded-Host: Shop.test');
  expect(lines).toContain(`Forwarded: for=${client};host="Shop.test";proto=http`);
});

it('names no host where the client named none', () => {
  for (const head of [readHead('GET / HTTP/1.0'), readHead('GET / HTTP/1.1', 'Host:')]) {
    const lines = linesFor(head, {});
    expect(lines.join()).not.toContain('X-Forwarded-Host');
    expect(lines).toContain(`Forwarded: for=${client};proto=http`);
  }
});

it('leaves the last word to the edits of a route', () => {
  const edits: HeadEditRules = {
    set: [['X-Forwarded-Proto', 'https']],
    add: [['X-Forwarded-For', '192.0.2.1']],
    remove: ['x-forwarded-host', 'X-Forwarded-Port', 'Forwarded', 'X-Request-ID'],
  };
  for (const peer of [client, proxy]) {
    const [, ...lines] = linesFor(getWith(...claims.slice(1)), { peer, edits });
    expect(lines).toEqual([
      `X-Forwarded-For: ${peer}`,
      'X-Forwarded-Proto: https',
      'X-Forwarded-For: 192.0.2.1',
    ]);
  }
});

describe('what lb itself takes from these fields', () => {
  const seenFor = (head: RequestHead | null, peer: string, requestId = true) => {
    const ids = new RequestIds((bytes) => bytes.fill(0xab));
    const policy = new ForwardedPolicy({ ...all, requestId }, 8080, trusted, ids);
    const fields = policy.fieldsFor(peer);
    fields.begin(getWith('X-Forwarded-For: 192.0.2.99', 'X-Request-ID: earlier'));
    fields.begin(head);
    return [fields.clientAddress, fields.requestId];
  };

  it('is nothing from a peer that is not trusted', () => {
    expect(seenFor(getWith(...claims), client)).toEqual([client, madeId]);
    expect(seenFor(getWith(...claims), client, false)).toEqual([client, '']);
  });

  it('is client and id from one that is, for this request alone', () => {
    expect(seenFor(getWith(...claims), proxy)).toEqual(['198.51.100.1', 'claimed']);
    expect(seenFor(getWith(...claims), proxy, false)).toEqual(['198.51.100.1', 'claimed']);
    expect(seenFor(getWith(), proxy)).toEqual([proxy, madeId]);
  });

  it('is the peer and a new id where the head cannot be read', () => {
    expect(seenFor(null, proxy)).toEqual([proxy, madeId]);
  });

  it.each<[boolean, string, readonly string[]]>([
    [true, proxy, ['https']],
    [true, proxy, ['HTTPS']],
    [false, proxy, ['http']],
    [false, proxy, []],
    [false, proxy, ['']],
    [false, proxy, ['https, http']],
    [false, proxy, ['https', 'https']],
    [false, client, ['https']],
    [false, '', ['https']],
  ])('is https: %s, where %s says %j', (https, peer, values) => {
    const policy = new ForwardedPolicy(all, 8080, trusted, new RequestIds((bytes) => bytes));
    const head = getWith(...values.map((value) => `X-Forwarded-Proto: ${value}`));
    expect(policy.fieldsFor(peer).isHttps(head)).toBe(https);
  });
});

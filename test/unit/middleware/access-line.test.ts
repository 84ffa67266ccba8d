import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { accessFields } from '../../../src/foundation/access-field.ts';
import { address, defaults, http, parsed, setUp } from './access-log-fixture.ts';

describe('AccessLog fields that not every exchange has', () => {
  const fieldsOf = (record: ExchangeRecord) => JSON.parse(setUp().line(record));

  it('tells the query and the user agent, where there are any', () => {
    const asked = { ...http, query: 'q=1&q=2', userAgent: 'curl/8.1 "x"' };
    expect(fieldsOf(asked)).toMatchObject({ query: 'q=1&q=2', user_agent: 'curl/8.1 "x"' });
    expect(fieldsOf(http)).not.toHaveProperty('query');
    expect(fieldsOf(http)).not.toHaveProperty('user_agent');
  });

  it('tells how long connecting took, unless the connection was there already', () => {
    const dialled = { ...http, reused: false, connectMs: 0.25 };
    expect(fieldsOf(dialled)).toMatchObject({ connect_ms: 0.25 });
    expect(fieldsOf(http)).not.toHaveProperty('connect_ms');
    expect(fieldsOf({ ...dialled, connectMs: -1 })).not.toHaveProperty('connect_ms');
  });

  it('tells of a response that never began no time to its head', () => {
    expect(fieldsOf({ ...http, ttfbMs: -1 })).not.toHaveProperty('ttfb_ms');
  });

  it('tells of each attempt that failed, if one did', () => {
    const failed = { backend: 'api"2', reason: 'backend_reset', durationMs: 1.5, reused: true };
    const record = { ...http, attempts: 2, failedAttempts: [failed] } as ExchangeRecord;
    expect(fieldsOf(record)).toMatchObject({
      attempts: 2,
      attempts_detail: [
        { backend: 'api"2', reason: 'backend_reset', duration_ms: 1.5, reused: true },
      ],
    });
    expect(fieldsOf(http)).not.toHaveProperty('attempts_detail');
  });
});

describe('AccessLog and lines that repeat what the one before said', () => {
  const few = <T>(...values: T[]) => fc.constantFrom(...values);
  const failed = [{ backend: 'a', reason: 'backend_reset', durationMs: 1, reused: true }] as const;
  const backends = [http.backend, new Backend('b', 'other', address, 0), null];
  /** One thing that is other than in the record before. */
  const change: fc.Arbitrary<Partial<ExchangeRecord>> = fc.oneof(
    fc.record({ listener: few('one', 'two') }),
    fc.record({ route: few('r', '') }),
    fc.record({ backend: few(...backends) }),
    fc.record({ method: few('GET', 'POST', '') }),
    fc.record({ host: few('a.test', 'b"test', '') }),
    fc.record({ protocol: few('HTTP/1.1', 'HTTP/1.0', 'tcp') }),
    fc.record({ status: few(200, 404) }),
    fc.record({ reason: few(null, 'bad_response' as const) }),
    fc.record({ detail: few(null, 'bad_chunk_size' as const) }),
    fc.record({ bytesIn: few(0, 7) }),
    fc.record({ attempts: few(1, 2) }),
    fc.record({ failedAttempts: few(http.failedAttempts, failed) }),
    fc.record({ reused: fc.boolean() }),
    fc.record({ userAgent: few('', 'curl', 'wrk') }),
    fc.record({ generation: few(1, 2) }),
  );

  it('says of each what a log says that has not seen any other', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
        const { line } = setUp();
        let record: ExchangeRecord = http;
        for (const changed of changes) {
          record = { ...record, ...changed };
          const alone = setUp().line(record);
          for (const _time of [1, 2, 3]) expect(line(record)).toBe(alone);
        }
      }),
    );
  });
});

describe('AccessLog with options', () => {
  /** Has something to tell in every field. */
  const full: ExchangeRecord = {
    ...http,
    query: 'q=1',
    userAgent: 'curl',
    reused: false,
    queueMs: 1,
    detail: 'bad_chunk_size',
    failedAttempts: [{ backend: 'a', reason: 'backend_reset', durationMs: 1, reused: false }],
  };

  it('has all fields, in one order, when none are named', () => {
    expect(Object.keys(JSON.parse(setUp().line(full)))).toEqual(accessFields);
  });

  it('has exactly the fields that are named, in that same order, whichever they are', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...accessFields], { minLength: 1 }), (fields) => {
        const line: object = JSON.parse(setUp({ fields }).line(full));
        expect(Object.keys(line)).toEqual(accessFields.filter((name) => fields.includes(name)));
      }),
    );
  });

  it('writes an empty object where an exchange has none of the fields', () => {
    expect(setUp({ fields: ['query'] }).line(http)).toBe('{}\n');
  });

  it('goes by other options from the next line on', () => {
    const { log, line } = setUp();
    log.update({ ...defaults, fields: ['status'] });
    expect(line(http)).toBe('{"status":200}\n');
  });

  it('leaves of a query the names, or nothing', () => {
    const asked = { ...http, query: 'token=secret&page=2' };
    expect(setUp({ query: 'redact' }).line(asked)).toContain('"query":"token=***&page=***"');
    expect(setUp({ query: 'omit' }).line(asked)).not.toContain('query');
  });

  it('leaves of a client the network', () => {
    expect(setUp({ clientIp: 'anonymous' }).line(http)).toContain('"client_ip":"203.0.113.0"');
  });
});

describe('AccessLog and text from peers', () => {
  const pathOf = (path: string) => parsed(setUp().line({ ...http, path })).path;
  const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

  it('shows UTF-8 as the text it encodes', () => {
    expect(pathOf(latin1('/grüße/日本/🚲'))).toBe('/grüße/日本/🚲');
    expect(setUp().line({ ...http, path: latin1('/grüße') })).toContain(
      '"path":"/gr\\u00fc\\u00dfe"',
    );
  });

  it('writes bytes that are not UTF-8 by number', () => {
    expect(setUp().line({ ...http, path: '/\xff\x80\xe9"' })).toContain(
      '"path":"/\\u00ff\\u0080\\u00e9\\""',
    );
  });

  it('lets no control character through, not even those JSON allows', () => {
    const path = `/\x00\x1b[2J\x7f${latin1('\u009b1m\u2028\u2029')}`;
    const line = setUp().line({ ...http, path });
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(parsed(line).path).toBe('/\x00\x1b[2J\x7f\u009b1m\u2028\u2029');
  });

  it('cannot be made to forge a line or a field', () => {
    const forged = '/"}\n{"time":"2026-11-22T12:00:00.007Z","status":200,"path":"\\';
    const requestId = '","status":"';
    const line = setUp().line({
      ...http,
      path: forged,
      method: '","status":"',
      host: '\\',
      requestId,
    });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(parsed(line)).toMatchObject({
      path: forged,
      method: '","status":"',
      host: '\\',
      request_id: requestId,
    });
  });

  it('writes one line that parses to the same values, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text, 'utf8')),
    );
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const shown = (buffer: Buffer) => {
      try {
        return decoder.decode(buffer);
      } catch {
        return buffer.toString('latin1');
      }
    };
    const { line } = setUp();
    const name = fc.string({ unit: 'binary', maxLength: 10 });
    const names = fc.record({ listener: name, route: name, pool: name });
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, names, (method, host, path, query, named) => {
        const other = new Backend(named.pool, named.pool, address, 0);
        const text = line({
          ...http,
          ...named,
          backend: other,
          method: method.toString('latin1'),
          host: host.toString('latin1'),
          path: path.toString('latin1'),
          query: query.toString('latin1'),
          requestId: query.toString('latin1'),
          userAgent: path.toString('latin1'),
        });
        expect(text.indexOf('\n')).toBe(text.length - 1);
        expect(text).toMatch(/^[ -~]*\n$/);
        expect(parsed(text)).toMatchObject({
          ...named,
          backend: named.pool,
          method: shown(method),
          host: shown(host),
          path: shown(path),
          request_id: shown(query),
          ...(query.length > 0 && { query: shown(query) }),
          ...(path.length > 0 && { user_agent: shown(path) }),
          status: 200,
        });
      }),
      { numRuns: 2000 },
    );
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sonicBoom from 'sonic-boom';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { AccessLog, type LineDestination } from '../../../src/middleware/access-log.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 } as const;
const backend = new Backend('api-1', 'api', address, 0);

const http: ExchangeRecord = {
  listener: 'web',
  requestId: '5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c',
  clientAddress: '203.0.113.7',
  clientPort: 51_234,
  route: 'users',
  pool: 'api',
  backend,
  method: 'GET',
  host: 'api.example.com',
  path: '/v1/users',
  query: '',
  userAgent: '',
  protocol: 'HTTP/1.1',
  status: 200,
  reason: null,
  detail: null,
  bytesIn: 0,
  bytesOut: 1234,
  startedMs: 1000.25,
  endedMs: 1012.5,
  attempts: 1,
  queueMs: 0,
  reused: true,
  connectMs: 0,
  ttfbMs: 11,
  failedAttempts: [],
  generation: 1,
};
const tcp: ExchangeRecord = {
  ...http,
  listener: 'db',
  route: '',
  method: '',
  host: '',
  path: '',
  protocol: 'tcp',
  status: 0,
  reason: 'idle_timeout',
};

const noonMs = Date.UTC(2026, 10, 22, 12, 0, 0, 7);

function setUp() {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock, 100);
  const batches: string[] = [];
  const wall = { nowMs: noonMs };
  const log = new AccessLog({
    destination: { write: (lines: Buffer) => batches.push(lines.toString()), on: () => undefined },
    wheel,
    flushEveryMs: 500,
    wallClock: () => wall.nowMs,
  });
  const pass = (ms: number) => {
    clock.pass(ms);
    wheel.advance();
  };
  /** The text of one exchange. */
  const line = (record: ExchangeRecord) => {
    log.onExchange(record);
    log.flush();
    return batches.pop() ?? '';
  };
  return { log, batches, wall, pass, line, wheel };
}

const parsed = (line: string): { time: string; path: string } => JSON.parse(line);

describe('AccessLog lines', () => {
  it('says everything about an HTTP exchange, in this order', () => {
    expect(setUp().line(http)).toBe(
      '{"time":"2026-11-22T12:00:00.007Z","request_id":"5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c",' +
        '"client_ip":"203.0.113.7","client_port":51234,' +
        '"listener":"web","route":"users","pool":"api","backend":"api-1","method":"GET",' +
        '"host":"api.example.com","path":"/v1/users","protocol":"HTTP/1.1","status":200,' +
        '"reason":"","bytes_in":0,"bytes_out":1234,"duration_ms":12.250,"attempts":1,"reused":true}\n',
    );
  });

  it('leaves out of a TCP session what it does not have', () => {
    expect(setUp().line(tcp)).toBe(
      '{"time":"2026-11-22T12:00:00.007Z","client_ip":"203.0.113.7","client_port":51234,' +
        '"listener":"db","pool":"api","backend":"api-1","protocol":"tcp","reason":"idle_timeout",' +
        '"bytes_in":0,"bytes_out":1234,"duration_ms":12.250,"attempts":1,"reused":true}\n',
    );
  });

  it('says how long was waited for a backend, if it was', () => {
    const { line } = setUp();
    expect(line({ ...tcp, queueMs: 3.5 })).toContain(',"duration_ms":12.250,"queue_ms":3.500,');
    expect(line(tcp)).not.toContain('queue_ms');
  });

  it('has an empty backend where none was tried', () => {
    const { line } = setUp();
    const refused = { ...http, route: '', pool: '', backend: null, status: 404 };
    expect(parsed(line({ ...refused, reason: 'no_route' }))).toMatchObject({
      route: '',
      pool: '',
      backend: '',
      status: 404,
      reason: 'no_route',
    });
  });

  it('names the present listener and route of a backend that is reached in several ways', () => {
    const { line } = setUp();
    const places = [
      { listener: 'web', route: 'users' },
      { listener: 'web', route: 'orders' },
      { listener: 'inside', route: 'orders' },
      { listener: 'web', route: 'users' },
    ];
    for (const place of places) expect(parsed(line({ ...http, ...place }))).toMatchObject(place);
  });

  it('follows the wall clock, set back or not', () => {
    const { line, wall } = setUp();
    const times = [noonMs, noonMs, noonMs + 1, noonMs + 1000, noonMs + 86_400_000, noonMs - 5];
    for (const nowMs of times) {
      wall.nowMs = nowMs;
      expect(parsed(line(http)).time).toBe(new Date(nowMs).toISOString());
    }
  });

  it('rounds durations to microseconds', () => {
    const { line } = setUp();
    const durationOf = (ms: number) =>
      /"duration_ms":([^,]*),/.exec(line({ ...http, startedMs: 0, endedMs: ms }))?.[1];
    expect(durationOf(0)).toBe('0.000');
    expect(durationOf(0.0404)).toBe('0.040');
    expect(durationOf(0.9996)).toBe('1.000');
    expect(durationOf(3_600_000.001)).toBe('3600000.001');
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
      fc.property(bytes, bytes, bytes, names, (method, host, path, named) => {
        const other = new Backend(named.pool, named.pool, address, 0);
        const text = line({
          ...http,
          ...named,
          backend: other,
          method: method.toString('latin1'),
          host: host.toString('latin1'),
          path: path.toString('latin1'),
        });
        expect(text.indexOf('\n')).toBe(text.length - 1);
        expect(text).toMatch(/^[ -~]*\n$/);
        expect(parsed(text)).toMatchObject({
          ...named,
          backend: named.pool,
          method: shown(method),
          host: shown(host),
          path: shown(path),
          status: 200,
        });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('AccessLog batches', () => {
  it('hands lines over together, once their time has come', () => {
    const { log, batches, pass, wheel } = setUp();
    log.onExchange(http);
    pass(300);
    log.onExchange(http);
    pass(100);
    expect(batches).toEqual([]);
    pass(200);
    expect(batches.map((batch) => batch.split('\n').length - 1)).toEqual([2]);
    pass(10_000);
    expect(batches).toHaveLength(1);
    expect(wheel.size).toBe(0);
  });

  it('hands over at 64 KiB without waiting, whole lines only', () => {
    const { log, batches } = setUp();
    for (let sent = 0; sent < 600; sent++) log.onExchange(http);
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) {
      expect(batch.length).toBeGreaterThan(63 * 1024);
      expect(batch.length).toBeLessThanOrEqual(64 * 1024);
      for (const line of batch.trimEnd().split('\n')) parsed(line);
    }
    log.flush();
    expect(batches.join('').split('\n')).toHaveLength(601);
  });

  it('leaves no deadline behind after a flush, and writes nothing where there is nothing', () => {
    const { log, batches, wheel } = setUp();
    log.flush();
    expect(batches).toEqual([]);
    log.onExchange(http);
    log.flush();
    expect(wheel.size).toBe(0);
  });

  it('gives away whole lines only, in batches, and one that is longer than a batch', () => {
    const { log, batches } = setUp();
    const paths = Array.from({ length: 500 }, (_, n) => `/${n}`);
    for (const path of paths) log.onExchange({ ...http, path });
    const long = `/${'\x01'.repeat(20_000)}`;
    log.onExchange({ ...http, path: long });
    log.onExchange(http);
    log.flush();
    expect(batches.length).toBeGreaterThan(3);
    for (const batch of batches) expect(batch.endsWith('}\n')).toBe(true);
    const lines = batches.join('').trimEnd().split('\n');
    expect(lines.map((line) => parsed(line).path)).toEqual([...paths, long, http.path]);
  });

  it('tells the time of each line, over a change of second and a clock set back', () => {
    const { line, wall } = setUp();
    for (const step of [0, 1, 992, 993, 1994, -60_000]) {
      wall.nowMs = noonMs + step;
      expect(parsed(line(http)).time).toBe(new Date(wall.nowMs).toISOString());
    }
  });

  it('counts the lines that the destination drops, and those only', async () => {
    const path = join(makeTempDir(), 'access.log');
    const file = new sonicBoom.SonicBoom({
      dest: path,
      sync: false,
      maxLength: 100_000,
      contentMode: 'buffer',
    });
    await once(file, 'ready');
    const log = new AccessLog({
      destination: file as unknown as LineDestination, // its types know its text mode only
      wheel: new TimerWheel(new ManualClock()),
      flushEveryMs: 500,
      wallClock: Date.now,
    });
    for (let sent = 0; sent < 1000; sent++) log.onExchange(http);
    // Somebody else's line, dropped as well.
    (file as unknown as LineDestination).write(Buffer.from(`${'x'.repeat(100_000)}\n`));
    log.flush();
    file.end();
    await once(file, 'close');
    const written = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(log.dropped).toBeGreaterThan(0);
    expect(written.length + log.dropped).toBe(1000);
    for (const line of written) expect(parsed(line)).toMatchObject({ path: '/v1/users' });
  });
});

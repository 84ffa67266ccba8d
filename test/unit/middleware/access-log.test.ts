import { describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { http, noonMs, parsed, setUp, tcp } from './access-log-fixture.ts';

describe('AccessLog lines', () => {
  it('says everything about an HTTP exchange, in this order', () => {
    expect(setUp().line(http)).toBe(
      '{"time":"2026-11-22T12:00:00.007Z","request_id":"5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c",' +
        '"client_ip":"203.0.113.7","client_port":51234,' +
        '"listener":"web","route":"users","pool":"api","backend":"api-1","method":"GET",' +
        '"host":"api.example.com","path":"/v1/users","protocol":"HTTP/1.1","status":200,' +
        '"reason":"","bytes_in":0,"bytes_out":1234,"duration_ms":12.250,"ttfb_ms":11.000,"attempts":1,"reused":true,"generation":1}\n',
    );
  });

  it('leaves out of a TCP session what it does not have', () => {
    expect(setUp().line(tcp)).toBe(
      '{"time":"2026-11-22T12:00:00.007Z","client_ip":"203.0.113.7","client_port":51234,' +
        '"listener":"db","pool":"api","backend":"api-1","protocol":"tcp","reason":"idle_timeout",' +
        '"bytes_in":0,"bytes_out":1234,"duration_ms":12.250,"connect_ms":0.750,"attempts":1,' +
        '"reused":false,"generation":1}\n',
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

describe('AccessLog with a sample', () => {
  it('writes as many lines as the sample says, and counts the others', () => {
    let drawn = 0;
    const random = () => (drawn++ % 100) / 100;
    const { log, batches } = setUp({ samplePercent: 30 }, { random });
    for (let sent = 0; sent < 1000; sent++) log.onExchange(http);
    log.flush();
    expect(batches.join('').trimEnd().split('\n')).toHaveLength(300);
    expect(log.sampledOut).toBe(700);
  });

  it.each<[string, Partial<ExchangeRecord>]>([
    ['an error of the backend', { status: 500 }],
    ['a failure', { reason: 'client_closed' }],
    [
      'a retry',
      { failedAttempts: [{ backend: 'a', reason: 'backend_reset', durationMs: 1, reused: true }] },
    ],
    ['what is slow', { startedMs: 0, endedMs: 1000 }],
  ])('always writes %s', (_what, facts) => {
    expect(setUp({ samplePercent: 0 }).line({ ...http, ...facts })).not.toBe('');
  });

  it('leaves out what is not quite slow, and anything when nothing is', () => {
    const { line } = setUp({ samplePercent: 0 });
    expect(line({ ...http, startedMs: 0, endedMs: 999 })).toBe('');
    const never = setUp({ samplePercent: 0, slowMs: 0 });
    expect(never.line({ ...http, startedMs: 0, endedMs: 100_000 })).toBe('');
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

  it('counts the lines of the batches that the destination drops', () => {
    let full = false;
    const { log, batches } = setUp({}, { takes: () => !full });
    log.onExchange(http);
    log.flush();
    full = true;
    log.onExchange(http);
    log.onExchange(http);
    log.flush();
    full = false;
    log.onExchange(http);
    log.flush();
    expect(log.dropped).toBe(2);
    expect(batches).toHaveLength(2);
  });
});

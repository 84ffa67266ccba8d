import { describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { SeldomLog } from '../../../src/daemon/seldom-log.ts';
import { TrafficLog } from '../../../src/daemon/traffic-log.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { logInto } from '../../helpers/log-into.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { makeBackend, TestPool } from '../../helpers/pool-parts.ts';
import { http } from '../middleware/access-log-fixture.ts';

function setUp() {
  const lines: object[] = [];
  const log = logInto(lines);
  const seldom = new SeldomLog(log, new TimerWheel(new ManualClock()));
  const { pool } = new TestPool([makeBackend('one')]);
  const traffic = new TrafficLog({ log, seldom, pools: () => [pool] });
  return { lines, log, traffic, pool };
}

const failed = { backend: 'one', reason: 'backend_reset', durationMs: 1.4, reused: true } as const;

it('has nothing to say of an exchange that went well', () => {
  const { lines, log, traffic } = setUp();
  log.level = 'trace';
  traffic.onExchange(http);
  traffic.onExchange({ ...http, reason: 'client_closed' });
  expect(lines).toEqual([]);
});

describe('TrafficLog on limits', () => {
  it.each<[Partial<ExchangeRecord>, object]>([
    [
      { reason: 'connection_limit' },
      { listener: 'web', client_ip: '203.0.113.7', limit: 'limits.max_connections' },
    ],
    [
      { reason: 'too_many_connections' },
      { listener: 'web', client_ip: '203.0.113.7', limit: 'limits.max_connections_per_ip' },
    ],
    [{ reason: 'queue_full' }, { pool: 'api', limit: 'queue.max_waiting' }],
    [{ reason: 'queue_timeout' }, { pool: 'api', limit: 'queue.timeout' }],
  ])('warns once of %o', (facts, told) => {
    const { lines, traffic } = setUp();
    for (let times = 0; times < 100; times++) traffic.onExchange({ ...http, ...facts });
    expect(lines).toEqual([{ level: 'warn', ...told, msg: 'limit reached' }]);
  });

  it('warns once when the retry budget is used up, and not for what was told', () => {
    const { lines, traffic, pool } = setUp();
    const record = { ...http, pool: pool.name, failedAttempts: [failed] };
    traffic.onExchange(record);
    expect(lines).toEqual([]);
    pool.retries.refused = 2;
    traffic.onExchange(record);
    traffic.onExchange(record);
    expect(lines).toEqual([
      { level: 'warn', pool: pool.name, limit: 'retries.budget', msg: 'limit reached' },
    ]);
  });

  it('says once that file descriptors run out', () => {
    const { lines, traffic } = setUp();
    const watcher = traffic.acceptWatcher('web');
    for (let times = 0; times < 100; times++) watcher.fewDescriptorsLeft();
    expect(lines).toEqual([
      { level: 'error', listener: 'web', msg: expect.stringContaining('hardly any file') },
    ]);
  });
});

describe('TrafficLog at lower levels', () => {
  it('tells at debug of each attempt that failed', () => {
    const { lines, log, traffic } = setUp();
    const record = { ...http, failedAttempts: [failed, { ...failed, backend: 'two' }] };
    traffic.onExchange(record);
    expect(lines).toEqual([]);
    log.level = 'debug';
    traffic.onExchange(record);
    expect(lines).toMatchObject([
      {
        level: 'debug',
        request_id: http.requestId,
        backend: 'one',
        reason: 'backend_reset',
        duration_ms: 1,
        msg: 'attempt failed',
      },
      { backend: 'two' },
    ]);
  });

  it('tells at trace of each connection', () => {
    const { lines, log, traffic } = setUp();
    log.level = 'debug';
    traffic.onOpened('web', '127.0.0.1', 4711);
    log.level = 'trace';
    traffic.onOpened('web', '127.0.0.1', 4712);
    traffic.onClosed('web', '127.0.0.1', 4712);
    expect(lines).toMatchObject([
      { level: 'trace', client_port: 4712, msg: 'connection opened' },
      { level: 'trace', client_port: 4712, msg: 'connection closed' },
    ]);
  });
});

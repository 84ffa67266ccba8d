import { Backend } from '../../../src/backend/backend.ts';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { AccessLog, type AccessLogOptions } from '../../../src/middleware/access-log.ts';
import { makeExchange } from '../../helpers/exchange-record.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

export const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 } as const;
const backend = new Backend('api-1', 'api', address, 0);

export const http = makeExchange({ backend, startedMs: 1000.25, endedMs: 1012.5 });
export const tcp: ExchangeRecord = {
  ...http,
  listener: 'db',
  route: '',
  method: '',
  host: '',
  path: '',
  protocol: 'tcp',
  status: 0,
  reason: 'idle_timeout',
  reused: false,
  connectMs: 0.75,
  ttfbMs: -1,
};

export const noonMs = Date.UTC(2026, 10, 22, 12, 0, 0, 7);

export const defaults: AccessLogOptions = {
  fields: [],
  query: 'keep',
  clientIp: 'full',
  samplePercent: 100,
  slowMs: 1000,
};

interface Surroundings {
  readonly random?: () => number;
  /** Whether the destination takes a batch. */
  readonly takes?: () => boolean;
}

export function setUp(
  options: Partial<AccessLogOptions> = {},
  { random = () => 0, takes = () => true }: Surroundings = {},
) {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock, 100);
  const batches: string[] = [];
  const wall = { nowMs: noonMs };
  const log = new AccessLog(
    { ...defaults, ...options },
    {
      destination: { write: (lines: Buffer) => takes() && batches.push(lines.toString()) > 0 },
      wheel,
      flushEveryMs: 500,
      wallClock: () => wall.nowMs,
      random,
    },
  );
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

export const parsed = (line: string): { time: string; path: string } => JSON.parse(line);

import { pino } from 'pino';
import { Backend } from '../../src/backend/backend.ts';
import type { ExchangeRecord } from '../../src/backend/observer.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import { TimerWheel } from '../../src/foundation/timer-wheel.ts';
import { ExchangeCounters } from '../../src/metrics/counters.ts';
import { AccessLog, type AccessLogOptions } from '../../src/middleware/access-log.ts';
import { makeExchange } from '../../test/helpers/exchange-record.ts';
import { measure } from './measure.ts';

// What observing an exchange costs: its line in the access log, in the batch that is handed over, and its counts. Strings of the request are made anew for every line, as a parser makes them.

const head = Buffer.from('203.0.113.7api.example.com/v1/users/1234"', 'latin1');
const agent = Buffer.from(
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
);
const backends = Array.from(
  { length: 4 },
  (_, n) => new Backend(`10.0.0.${n}:3000`, 'api', { kind: 'tcp', host: '10.0.0.1', port: 1 }, 0),
);

let count = 0;
const exchange: { -readonly [Name in keyof ExchangeRecord]: ExchangeRecord[Name] } = makeExchange({
  listener: ':8080',
  route: 'api',
});

function next(pathEnd: number): typeof exchange {
  count++;
  exchange.backend = backends[count & 3]!;
  exchange.clientPort = 32_768 + (count & 0x3fff);
  exchange.host = head.toString('latin1', 11, 26);
  exchange.path = head.toString('latin1', 26, pathEnd);
  exchange.bytesOut = 1000 + (count & 0xfff);
  exchange.startedMs = count;
  exchange.endedMs = count + (count & 0xffff) / 1000;
  return exchange;
}

let bytes = 0;
const destination = {
  write: (lines: Buffer) => {
    bytes += lines.length;
    return true;
  },
};
const services = {
  destination,
  wheel: new TimerWheel(systemClock),
  flushEveryMs: 500,
  wallClock: Date.now,
  random: Math.random,
};
const options: AccessLogOptions = {
  fields: [],
  query: 'keep',
  clientIp: 'full',
  samplePercent: 100,
  slowMs: 1000,
};
const log = new AccessLog(options, services);
const counters = new ExchangeCounters();
const general = pino({ base: null }, { write: (line) => (bytes += line.length) });

const clean = head.length - 1;
const unusual = head.length;

measure('(making the record)', (times) => {
  for (let i = 0; i < times; i++) next(clean);
  return count;
});
measure('access log line', (times) => {
  for (let i = 0; i < times; i++) log.onExchange(next(clean));
  return bytes;
});
measure('access log line, a browser and a query', (times) => {
  for (let i = 0; i < times; i++) {
    const record = next(clean);
    record.query = head.toString('latin1', 27, clean);
    record.userAgent = agent.toString('latin1');
    log.onExchange(record);
    record.query = '';
    record.userAgent = '';
  }
  return bytes;
});
measure('access log line, path to be escaped', (times) => {
  for (let i = 0; i < times; i++) log.onExchange(next(unusual));
  return bytes;
});
measure('the same fields through pino, for comparison', (times) => {
  for (let i = 0; i < times; i++) {
    const { backend, startedMs, endedMs, ...fields } = next(clean);
    general.info({ ...fields, backend: backend?.name, durationMs: endedMs - startedMs });
  }
  return bytes;
});
measure('counters', (times) => {
  for (let i = 0; i < times; i++) counters.onExchange(next(clean));
  return counters.counts.length;
});
measure('a joined key, for comparison', (times) => {
  const cells = new Map<string, number>();
  for (let i = 0; i < times; i++) {
    const { listener, route, pool, backend, status } = next(clean);
    const key = `${listener}|${route}|${pool}|${backend?.name}|${status}`;
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  return cells.size;
});

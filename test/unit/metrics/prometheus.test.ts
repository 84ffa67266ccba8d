import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import { ExchangeCounters } from '../../../src/metrics/counters.ts';
import type { MetricsSource } from '../../../src/metrics/exporter.ts';
import { ProcessReadings } from '../../../src/metrics/process-readings.ts';
import { prometheus } from '../../../src/metrics/prometheus.ts';
import { makeExchange } from '../../helpers/exchange-record.ts';
import { metricsSource, poolReadings } from '../../helpers/metrics-source.ts';

const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 } as const;

function makeSource(name = 'api', prefix = ''): MetricsSource {
  const backend = new Backend('api-1', name, address, 4);
  backend.requests = 7;
  backend.active = 2;
  backend.connects = 3;
  backend.idle.put({ idleSinceMs: 0, close: () => undefined }, 0);
  backend.idle.limit.announce(5);
  backend.countFailure('connect_refused');
  backend.countFailure('connect_refused');
  backend.countFailure('response_timeout');
  const exchanges = new ExchangeCounters();
  const exchange = makeExchange({
    listener: name,
    pool: name,
    backend,
    bytesOut: 0,
    endedMs: 3,
  });
  exchanges.onExchange(exchange);
  exchanges.onExchange({
    ...exchange,
    endedMs: 70_000,
    reused: false,
    connectMs: 2,
    queueMs: 400,
  });
  exchanges.onExchange({
    ...exchange,
    backend: null,
    status: 503,
    reason: 'queue_full',
    endedMs: 1,
  });
  return metricsSource({
    listeners: [
      { name, connections: 5 },
      { name: 'db', connections: 0 },
    ],
    pools: [
      {
        ...poolReadings(name, [backend]),
        queue: { size: 7 },
        retries: { counts: new Map([['connect_refused', 2]]), refused: 3 },
      },
    ],
    health: [
      {
        pool: name,
        name: 'api-1',
        state: 'ejected',
        takesTraffic: false,
        probesPassed: 12,
        probesFailed: 3,
        lastProbe: { durationMs: 2.5 },
        ejections: 4,
      },
    ],
    exchanges,
    accessLog: { dropped: 11, sampledOut: 12 },
    names: [{ host: 'api.internal', addresses: ['10.0.0.1'], answers: 17, failures: 19 }],
    stateFile: { failures: 13 },
    reloads: { generation: 23, succeeded: false, endedMs: 29_500 },
    pushes: [{ exporter: 'statsd', failures: 31 }],
    eventLoop: { lag: backend.timings.total!, activeSeconds: 37.5, idleSeconds: 41.25 },
    prefix,
  });
}

const render = async (source: MetricsSource) => (await prometheus.render(source)).toString();

interface Metric {
  type: string;
  readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

/**
 * Reads the text format 0.0.4 and nothing beside it: HELP, TYPE, then the samples of that metric, no sample twice.
 * Escapes in label values are `\\`, `\"` and `\n`.
 */
function parse(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>();
  const seen = new Set<string>();
  let current = '';
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-z_]+) [^\\]+$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    const sample =
      /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\[\\"n])*"(?:,(?!\})|(?=\})))+)\})? (\d[\d.e+-]*)$/.exec(
        line,
      );
    if (help !== null) {
      current = help[1] ?? '';
      expect(metrics.has(current)).toBe(false);
      metrics.set(current, { type: '', samples: [] });
      continue;
    }
    const metric = metrics.get(current);
    if (type !== null && metric !== undefined && type[1] === current && metric.type === '') {
      metric.type = type[2] ?? '';
      continue;
    }
    if (sample === null || metric === undefined) throw new Error(`Not in the format: ${line}`);
    const [, name = '', pairs = '', value = ''] = sample;
    const suffixes = metric.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    const isFirst = seen.size < seen.add(`${name}{${pairs}}`).size;
    // Too many for a matcher each.
    expect(isFirst && suffixes.includes(name.slice(current.length)), line).toBe(true);
    const labels = [...pairs.matchAll(/([a-z]+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, label = '', text = '']) => [
        label,
        text.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped)),
      ],
    );
    metric.samples.push({ name, labels: Object.fromEntries(labels), value: Number(value) });
  }
  return metrics;
}

describe('Prometheus exporter', () => {
  it('writes every metric with its help, its type and its samples', async () => {
    expect((await render(makeSource())).split('\n')).toEqual(
      readFileSync(new URL('prometheus.expected.txt', import.meta.url), 'utf8').split('\n'),
    );
  });

  it('gives any name back unchanged to whoever reads the format', async () => {
    const name = fc.string({
      unit: fc.constantFrom('\\', '"', '\n', 'n', '}', ',', '=', ' ', 'ü'),
    });
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        fc.pre(text !== 'db');
        const metrics = parse(await render(makeSource(text)));
        const labels = { listener: text, route: 'users', pool: text };
        expect(metrics.get('requests_total')?.samples).toEqual([
          {
            name: 'requests_total',
            labels: { ...labels, backend: 'api-1', status: '200' },
            value: 2,
          },
          { name: 'requests_total', labels: { ...labels, backend: '', status: '503' }, value: 1 },
        ]);
        expect(metrics.get('active_connections')?.samples[0]?.labels).toEqual({ listener: text });
        expect(metrics.get('backend_active')?.samples[0]?.labels).toEqual({
          pool: text,
          backend: 'api-1',
        });
      }),
    );
  });

  it('has the metrics that docs/metrics.md lists, with their types and labels', async () => {
    const documented = [
      ...readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8').matchAll(
        /^\| `([a-z_]+)` \| (counter|gauge|histogram) \| ([^|]*) \|/gm,
      ),
    ].map(([, name, type, labels = '']) => [
      name,
      type,
      [...labels.matchAll(/`(\w+)`/g)].map((m) => m[1]),
    ]);
    const written = [...parse(await render(makeSource()))].map(([name, { type, samples }]) => [
      name,
      type,
      Object.keys(samples[0]?.labels ?? {}).filter((label) => label !== 'le'),
    ]);
    expect(written).toEqual(documented);
  });

  it('can be read before there was any traffic', async () => {
    const metrics = parse(await render(metricsSource()));
    expect(metrics.get('requests_total')).toEqual({ type: 'counter', samples: [] });
    expect(metrics.get('build_info')?.samples).toHaveLength(1);
  });

  it('puts the prefix before every name and changes nothing else', async () => {
    const prefixed = await render(makeSource('api', 'lb_'));
    const names = [...prefixed.matchAll(/^(?:# (?:HELP|TYPE) )?(\w+)/gm)].map(([, name]) => name);
    expect(names.filter((name) => !name?.startsWith('lb_'))).toEqual([]);
    expect(prefixed.replaceAll(/^(# (?:HELP|TYPE) )?lb_/gm, '$1')).toBe(await render(makeSource()));
  });

  it('lets the event loop run while it writes down thousands of backends', async () => {
    const backends = Array.from(
      { length: 2000 },
      (_, n) => new Backend(`b${n}`, 'api', address, 0),
    );
    const rendering = render(metricsSource({ pools: [poolReadings('api', backends)] }));
    let done = false;
    const finished = rendering.finally(() => {
      done = true;
    });
    let turns = 0;
    for (; !done; turns++) await nextTurn();
    expect((await finished).match(/^backend_active\{/gm)).toHaveLength(2000);
    expect(turns).toBeGreaterThan(3);
  });

  it('is given plausible readings of this process', async () => {
    const readings = new ProcessReadings(1024);
    const now = Date.now() / 1000;
    const { rss, heapUsed, heapTotal } = readings.memory!; // there is a /proc
    expect(rss).toBeGreaterThan(1e7);
    expect(heapUsed).toBeGreaterThan(1e6);
    expect(heapTotal).toBeGreaterThanOrEqual(heapUsed);
    expect(readings.cpuSeconds).toBeGreaterThan(0);
    expect(readings.cpuSeconds).toBeLessThan(3600);
    expect(readings.startTimeSeconds).toBeLessThanOrEqual(now);
    expect(readings.startTimeSeconds).toBeGreaterThan(now - 3600);
    expect(readings.nodeVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.runIf(process.platform === 'linux')('knows how many files are open', async () => {
    const readings = new ProcessReadings(1024);
    // Listing them, for an older Linux, is ready with a later reading.
    await expect.poll(() => readings.openFds).toBeGreaterThan(3);
    const before = readings.openFds!; // a number since the line above
    const files = await Promise.all(Array.from({ length: 20 }, () => open('/dev/null')));
    await expect.poll(() => readings.openFds).toBeGreaterThanOrEqual(before + 15);
    await Promise.all(files.map((file) => file.close()));
  });
});

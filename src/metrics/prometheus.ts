import type { Backend } from '../backend/backend.ts';
import {
  type DurationHistogram,
  durationBoundsMs,
  type ExchangeCount,
  type ExchangeCounters,
} from './counters.ts';
import type { Exporter, MetricsSource, PoolReadings } from './exporter.ts';
import { type HealthReadings, healthStates } from './health-readings.ts';
import type { NameReadings } from './name-readings.ts';

/**
 * The Prometheus text format, version 0.0.4; docs/metrics.md explains each metric. Written by hand: prom-client would
 * cost 16 MB of memory and several hundred nanoseconds per count, for a format of four rules.
 */
export const prometheus: Exporter = {
  path: '/metrics',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  render: (source) =>
    [
      exchangeMetrics(source.exchanges),
      connectionMetrics(source),
      poolMetrics([...source.pools]),
      backendMetrics([...source.pools].flatMap(({ backends }) => backends)),
      healthMetrics([...source.health]),
      nameMetrics([...source.names]),
      reloadMetrics(source),
      processMetrics(source),
    ].join(''),
};

/** Who a sample about a backend is about. */
interface BackendName {
  readonly pool: string;
  readonly name: string;
}

/** `labels` is what stands between the braces, `a="x",b="y"`; '' for none. */
type Sample = readonly [labels: string, value: number];

function exchangeMetrics({ counts, durations, reasons }: ExchangeCounters): string {
  const duration = 'request_duration_seconds';
  return [
    metric(
      'requests_total',
      'counter',
      'Exchanges and TCP sessions that have ended.',
      counts.map((cell) => [countLabels(cell), cell.count]),
    ),
    metric(
      'request_failures_total',
      'counter',
      'Exchanges and TCP sessions that lb itself answered, refused or cut.',
      reasons.map(({ listener, reason, count }) => [
        `listener=${quote(listener)},reason="${reason}"`,
        count,
      ]),
    ),
    heading(duration, 'histogram', 'How long exchanges and TCP sessions took.'),
    ...durations.map((histogram) => histogramLines(duration, histogram)),
  ].join('');
}

function countLabels({ listener, route, pool, backend, status }: ExchangeCount): string {
  const from = `listener=${quote(listener)},route=${quote(route)}`;
  return `${from},pool=${quote(pool)},backend=${quote(backend)},status="${status}"`;
}

/** Buckets are cumulative in this format: each counts everything up to its bound. */
function histogramLines(name: string, durations: DurationHistogram): string {
  const labels = `listener=${quote(durations.listener)},route=${quote(durations.route)}`;
  let total = 0;
  const lines = durations.buckets.map((count, index) => {
    total += count;
    const boundMs = durationBoundsMs[index];
    const bound = boundMs === undefined ? '+Inf' : String(boundMs / 1000);
    return line(`${name}_bucket`, `${labels},le="${bound}"`, total);
  });
  lines.push(line(`${name}_sum`, labels, durations.sumMs / 1000));
  lines.push(line(`${name}_count`, labels, total));
  return lines.join('');
}

function connectionMetrics({ listeners }: MetricsSource): string {
  return metric(
    'active_connections',
    'gauge',
    'Client connections that are open.',
    [...listeners].map(({ name, connections }) => [`listener=${quote(name)}`, connections]),
  );
}

function poolMetrics(pools: readonly PoolReadings[]): string {
  const each = (read: (pool: PoolReadings) => number) =>
    pools.map((pool): Sample => [`pool=${quote(pool.name)}`, read(pool)]);
  return [
    metric(
      'queue_length',
      'gauge',
      'Exchanges and TCP sessions that wait because every backend is full.',
      each(({ queue }) => queue.size),
    ),
    metric(
      'algorithm_faults_total',
      'counter',
      'Times a custom algorithm threw or answered nonsense, and round robin picked in its place.',
      each(({ algorithmFaults }) => algorithmFaults),
    ),
    metric(
      'retries_total',
      'counter',
      'Attempts made because another one had failed, by why it had.',
      pools.flatMap(({ name, retries }) =>
        [...retries.counts].map(
          ([reason, count]): Sample => [`pool=${quote(name)},reason="${reason}"`, count],
        ),
      ),
    ),
    metric(
      'retries_refused_total',
      'counter',
      'Retries that were not made because the budget was used up.',
      each(({ retries }) => retries.refused),
    ),
  ].join('');
}

function backendMetrics(backends: readonly Backend[]): string {
  const labelled = backends.map((backend) => ({ backend, labels: backendLabels(backend) }));
  const each = (read: (backend: Backend) => number) =>
    labelled.map(({ backend, labels }): Sample => [labels, read(backend)]);
  const failures = labelled.flatMap(({ backend, labels }) =>
    [...backend.failures].map(([reason, count]): Sample => [`${labels},reason="${reason}"`, count]),
  );
  return [
    metric(
      'backend_requests_total',
      'counter',
      'Attempts given to a backend, retries included.',
      each(({ requests }) => requests),
    ),
    metric('backend_failures_total', 'counter', 'Attempts that failed.', failures),
    metric(
      'backend_active',
      'gauge',
      'Exchanges and TCP sessions in flight.',
      each(({ active }) => active),
    ),
    metric(
      'backend_idle_connections',
      'gauge',
      'Connections kept open for the next exchange.',
      each(({ idle }) => idle.size),
    ),
    metric(
      'backend_idle_limit_seconds',
      'gauge',
      'After which idle time connections are retired, as learned from the backend.',
      each(({ idle }) => idle.limit.learnedMs / 1000).filter(([, seconds]) => seconds < Infinity),
    ),
    metric(
      'backend_connects_total',
      'counter',
      'Connections dialled.',
      each(({ connects }) => connects),
    ),
  ].join('');
}

function healthMetrics(backends: readonly HealthReadings[]): string {
  const labelled = backends.map((backend) => ({ backend, labels: backendLabels(backend) }));
  return [
    metric(
      'backend_health',
      'gauge',
      'Whether a backend is given traffic.',
      labelled.map(({ backend, labels }) => [labels, backend.takesTraffic ? 1 : 0]),
    ),
    metric(
      'backend_state',
      'gauge',
      '1 for the state that a backend is in, 0 for the others.',
      labelled.flatMap(({ backend, labels }) =>
        healthStates.map(
          (state): Sample => [`${labels},state="${state}"`, state === backend.state ? 1 : 0],
        ),
      ),
    ),
    metric(
      'backend_probes_total',
      'counter',
      'Probes that have ended.',
      labelled.flatMap(({ backend, labels }): Sample[] => [
        [`${labels},result="passed"`, backend.probesPassed],
        [`${labels},result="failed"`, backend.probesFailed],
      ]),
    ),
    metric(
      'backend_probe_duration_seconds',
      'gauge',
      'How long the last probe took.',
      labelled.flatMap(({ backend, labels }): Sample[] =>
        backend.lastProbe === null ? [] : [[labels, backend.lastProbe.durationMs / 1000]],
      ),
    ),
    metric(
      'backend_ejections_total',
      'counter',
      'Times that passive health took a backend out of traffic.',
      labelled.map(({ backend, labels }) => [labels, backend.ejections]),
    ),
  ].join('');
}

function nameMetrics(names: readonly NameReadings[]): string {
  const labelled = names.map((name) => ({ name, labels: `name=${quote(name.host)}` }));
  return [
    metric(
      'dns_resolutions_total',
      'counter',
      'Times that the name of a backend was looked up.',
      labelled.flatMap(({ name, labels }): Sample[] => [
        [`${labels},result="answered"`, name.answers],
        [`${labels},result="failed"`, name.failures],
      ]),
    ),
    metric(
      'dns_addresses',
      'gauge',
      'Addresses that the name of a backend has.',
      labelled.map(({ name, labels }) => [labels, name.addresses.length]),
    ),
  ].join('');
}

function backendLabels({ pool, name }: BackendName): string {
  return `pool=${quote(pool)},backend=${quote(name)}`;
}

function reloadMetrics({ reloads }: MetricsSource): string {
  return [
    metric('config_generation', 'gauge', 'Number of the configuration at work, from 1.', [
      ['', reloads.generation],
    ]),
    metric(
      'config_last_reload_success',
      'gauge',
      'Whether the last reload ended with what the file held, 1 or 0.',
      [['', reloads.succeeded ? 1 : 0]],
    ),
    metric(
      'config_last_reload_timestamp_seconds',
      'gauge',
      'When the last reload ended, well or not, or lb started, since 1970.',
      [['', reloads.endedMs / 1000]],
    ),
  ].join('');
}

function processMetrics({ accessLog, stateFile, process, version }: MetricsSource): string {
  return [
    metric(
      'access_log_dropped_lines_total',
      'counter',
      'Lines dropped because the output of the access log was too far behind.',
      [['', accessLog.dropped]],
    ),
    metric(
      'state_file_write_failures_total',
      'counter',
      'Times the state file could not be written.',
      stateFile === null ? [] : [['', stateFile.failures]],
    ),
    metric('process_resident_memory_bytes', 'gauge', 'Memory of the process that is in RAM.', [
      ['', process.residentMemoryBytes],
    ]),
    metric('process_cpu_seconds_total', 'counter', 'User and system time of the process.', [
      ['', process.cpuSeconds],
    ]),
    metric('process_start_time_seconds', 'gauge', 'When the process started, since 1970.', [
      ['', process.startTimeSeconds],
    ]),
    metric('build_info', 'gauge', 'Always 1: the labels say what is running.', [
      [`version=${quote(version)},node=${quote(process.nodeVersion)}`, 1],
    ]),
  ].join('');
}

function metric(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly Sample[],
): string {
  const lines = samples.map(([labels, value]) => line(name, labels, value));
  return heading(name, type, help) + lines.join('');
}

/** @param help one line, without a backslash. */
function heading(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
}

/** A label's value in quotes; three characters have a meaning of their own inside. */
function quote(text: string): string {
  if (!/[\\"\n]/.test(text)) return `"${text}"`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

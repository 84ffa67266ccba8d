import type { MetricsSource } from '../exporter.ts';
import { counter, type Family, gauge, histogram, single } from '../family.ts';

/** What the process as a whole does, and with what. */
export function* processFamilies(source: MetricsSource): Generator<Family> {
  yield* configFamilies(source);
  yield* outputFamilies(source);
  yield* eventLoopFamilies(source);
  yield* systemFamilies(source);
  yield gauge('build_info', 'Always 1: the labels say what is running.', [
    {
      labels: [
        ['version', source.version],
        ['node', source.process.nodeVersion],
      ],
      value: 1,
    },
  ]);
}

function* configFamilies({ reloads, maxConnections }: MetricsSource): Generator<Family> {
  yield gauge(
    'config_generation',
    'Number of the configuration at work, from 1.',
    single(reloads.generation),
  );
  yield gauge(
    'config_last_reload_success',
    'Whether the last reload ended with what the file held, 1 or 0.',
    single(reloads.succeeded ? 1 : 0),
  );
  yield gauge(
    'config_last_reload_timestamp_seconds',
    'When the last reload ended, well or not, or lb started, since 1970.',
    single(reloads.endedMs / 1000),
  );
  yield gauge(
    'max_connections',
    'Client connections that lb takes at most, over all listeners.',
    single(maxConnections),
  );
}

function* outputFamilies({ accessLog, stateFile, pushes }: MetricsSource): Generator<Family> {
  yield counter(
    'access_log_dropped_lines_total',
    'Lines dropped because the output of the access log was too far behind.',
    single(accessLog.dropped),
  );
  yield counter(
    'access_log_sampled_out_lines_total',
    'Lines that were not written because they are not part of the sample.',
    single(accessLog.sampledOut),
  );
  yield counter(
    'state_file_write_failures_total',
    'Times the state file could not be written.',
    single(stateFile?.failures),
  );
  yield counter(
    'metrics_push_failures_total',
    'Times the metrics could not be sent.',
    [...pushes].map(({ exporter, failures }) => ({
      labels: [['exporter', exporter]],
      value: failures,
    })),
  );
}

function* eventLoopFamilies({ eventLoop }: MetricsSource): Generator<Family> {
  yield histogram(
    'event_loop_lag_seconds',
    'How late a timer of lb was: what everything else had to wait, too.',
    [{ labels: [], value: eventLoop.lag }],
  );
  yield counter(
    'event_loop_active_seconds_total',
    'Time in which the event loop had something to do.',
    single(eventLoop.activeSeconds),
  );
  yield counter(
    'event_loop_idle_seconds_total',
    'Time in which it waited for something to do.',
    single(eventLoop.idleSeconds),
  );
}

function* systemFamilies({ process }: MetricsSource): Generator<Family> {
  const { memory } = process;
  yield gauge(
    'process_resident_memory_bytes',
    'Memory of the process that is in RAM.',
    single(memory?.rss),
  );
  yield counter(
    'process_cpu_seconds_total',
    'User and system time of the process.',
    single(process.cpuSeconds),
  );
  yield gauge('process_open_fds', 'Files and sockets that are open.', single(process.openFds));
  yield gauge(
    'process_max_fds',
    'Files and sockets that may be open.',
    single(Number.isFinite(process.maxFds) ? process.maxFds : null),
  );
  yield gauge(
    'process_start_time_seconds',
    'When the process started, since 1970.',
    single(process.startTimeSeconds),
  );
  yield gauge(
    'nodejs_heap_size_used_bytes',
    'Memory that JavaScript objects use.',
    single(memory?.heapUsed),
  );
  yield gauge(
    'nodejs_heap_size_total_bytes',
    'Memory that is set aside for them.',
    single(memory?.heapTotal),
  );
  yield gauge(
    'nodejs_external_memory_bytes',
    'Memory outside of it that they hold, such as buffers.',
    single(memory?.external),
  );
}

import type { Backend } from '../../backend/backend.ts';
import type { Timings } from '../../backend/timings.ts';
import type { Histogram } from '../../foundation/histogram.ts';
import type { MetricsSource } from '../exporter.ts';
import { counter, type Family, gauge, histogram, type Labels, type Sample } from '../family.ts';

/** What each backend is given and what comes of it. */
export function* backendFamilies(source: MetricsSource): Generator<Family> {
  const backends = [...source.pools].flatMap((pool) => pool.backends);
  yield* attempts(backends);
  yield* connections(backends);
  yield* durations(backends);
}

function* attempts(backends: readonly Backend[]): Generator<Family> {
  yield counter(
    'backend_requests_total',
    'Attempts given to a backend, retries included.',
    each(backends, ({ requests }) => requests),
  );
  yield counter('backend_failures_total', 'Attempts that failed.', failures(backends));
  yield gauge(
    'backend_active',
    'Exchanges and TCP sessions in flight.',
    each(backends, ({ active }) => active),
  );
  yield gauge(
    'backend_max_connections',
    'How many may be in flight before further ones go elsewhere or wait; 0 for no limit.',
    each(backends, ({ maxConnections }) => maxConnections),
  );
  yield counter(
    'backend_sent_bytes_total',
    'Bytes of request bodies, and all bytes of TCP sessions, for a backend.',
    each(backends, ({ bytesIn }) => bytesIn),
  );
  yield counter(
    'backend_received_bytes_total',
    'Bytes of response bodies, and all bytes of TCP sessions, of a backend.',
    each(backends, ({ bytesOut }) => bytesOut),
  );
}

function* connections(backends: readonly Backend[]): Generator<Family> {
  yield gauge(
    'backend_idle_connections',
    'Connections kept open for the next exchange.',
    each(backends, ({ idle }) => idle.size),
  );
  yield gauge(
    'backend_idle_limit_seconds',
    'After which idle time connections are retired, as learned from the backend.',
    present(backends, ({ idle: { limit } }) =>
      limit.learnedMs < Infinity ? limit.learnedMs / 1000 : null,
    ),
  );
  yield counter(
    'backend_connects_total',
    'Connections dialled.',
    each(backends, ({ connects }) => connects),
  );
  yield counter(
    'backend_reuses_total',
    'Attempts that went over a connection that was open already.',
    // Each attempt takes one of the two ways.
    each(backends, ({ requests, connects }) => requests - connects),
  );
}

function* durations(backends: readonly Backend[]): Generator<Family> {
  const family = (name: string, help: string, read: (timings: Timings) => Histogram | null) =>
    histogram(
      name,
      help,
      present(backends, ({ timings }) => read(timings)),
    );
  yield family(
    'backend_queue_duration_seconds',
    'How long exchanges waited that had to wait for room.',
    ({ queue }) => queue,
  );
  yield family(
    'backend_connect_duration_seconds',
    'How long new connections took to be accepted.',
    ({ connect }) => connect,
  );
  yield family(
    'backend_first_byte_duration_seconds',
    'From the request sent to the head of the response.',
    ({ firstByte }) => firstByte,
  );
  yield family(
    'backend_request_duration_seconds',
    'How long exchanges and TCP sessions took that were with a backend last.',
    ({ total }) => total,
  );
}

function labelsOf({ pool, name }: Backend): Labels {
  return [
    ['pool', pool],
    ['backend', name],
  ];
}

function* each(
  backends: readonly Backend[],
  read: (backend: Backend) => number,
): Generator<Sample<number>> {
  for (const backend of backends) yield { labels: labelsOf(backend), value: read(backend) };
}

/** The same for what not every backend has. */
function* present<Value>(
  backends: readonly Backend[],
  read: (backend: Backend) => Value | null,
): Generator<Sample<Value>> {
  for (const backend of backends) {
    const value = read(backend);
    if (value !== null) yield { labels: labelsOf(backend), value };
  }
}

function* failures(backends: readonly Backend[]): Generator<Sample<number>> {
  for (const backend of backends) {
    for (const [reason, value] of backend.failures) {
      yield { labels: [...labelsOf(backend), ['reason', reason]], value };
    }
  }
}

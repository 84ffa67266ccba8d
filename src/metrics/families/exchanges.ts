import type { Reason } from '../../foundation/reason.ts';
import type { ListenerBytes } from '../cells.ts';
import type { ExchangeCounters } from '../counters.ts';
import type { MetricsSource } from '../exporter.ts';
import { counter, type Family, gauge, histogram, type Sample } from '../family.ts';

/** The limits of lb.yaml, and the reason that tells of an exchange which met one. */
const limits: readonly (readonly [limit: string, reason: Reason])[] = [
  ['max_connections', 'connection_limit'],
  ['max_connections_per_ip', 'too_many_connections'],
  ['header_bytes', 'header_too_large'],
  ['header_count', 'too_many_fields'],
  ['target_bytes', 'target_too_long'],
  ['body_bytes', 'body_too_large'],
  ['max_waiting', 'queue_full'],
  ['queue_timeout', 'queue_timeout'],
];

/** What became of exchanges and TCP sessions, and of the connections they came over. */
export function* exchangeFamilies(source: MetricsSource): Generator<Family> {
  const { exchanges } = source;
  yield counter(
    'requests_total',
    'Exchanges and TCP sessions that have ended.',
    requests(exchanges),
  );
  yield counter(
    'request_failures_total',
    'Exchanges and TCP sessions that lb itself answered, refused or cut.',
    failures(exchanges),
  );
  yield histogram(
    'request_duration_seconds',
    'How long exchanges and TCP sessions took.',
    exchanges.durations.map(({ listener, route, histogram: value }) => ({
      labels: [
        ['listener', listener],
        ['route', route],
      ],
      value,
    })),
  );
  yield counter(
    'received_bytes_total',
    'Bytes of request bodies, and all bytes of TCP sessions, from clients.',
    byListener(exchanges.bytes, ({ bytesIn }) => bytesIn),
  );
  yield counter(
    'sent_bytes_total',
    'Bytes of response bodies, and all bytes of TCP sessions, to clients.',
    byListener(exchanges.bytes, ({ bytesOut }) => bytesOut),
  );
  yield counter(
    'limits_reached_total',
    'Exchanges, TCP sessions and connections that a limit ended.',
    limitsReached(source),
  );
  yield gauge(
    'active_connections',
    'Client connections that are open.',
    byListener(
      [...source.listeners].map(({ name, connections }) => ({ listener: name, connections })),
      ({ connections }) => connections,
    ),
  );
}

function* requests({ counts }: ExchangeCounters): Generator<Sample<number>> {
  for (const { listener, route, pool, backend, status, count } of counts) {
    yield {
      labels: [
        ['listener', listener],
        ['route', route],
        ['pool', pool],
        ['backend', backend],
        ['status', String(status)],
      ],
      value: count,
    };
  }
}

function failures({ reasons }: ExchangeCounters): readonly Sample<number>[] {
  return reasons.map(({ listener, reason, count }) => ({
    labels: [
      ['listener', listener],
      ['reason', reason],
    ],
    value: count,
  }));
}

/** From 0 on, unlike other reasons: an increase is told by two samples. */
function* limitsReached({ listeners, exchanges }: MetricsSource): Generator<Sample<number>> {
  const keyOf = (listener: string, reason: Reason) => `${reason} ${listener}`;
  const counts = new Map(
    exchanges.reasons.map(({ listener, reason, count }) => [keyOf(listener, reason), count]),
  );
  const names = [...listeners].map(({ name }) => name);
  for (const listener of new Set([...names, ...exchanges.reasons.map((each) => each.listener)])) {
    for (const [limit, reason] of limits) {
      yield {
        labels: [
          ['listener', listener],
          ['limit', limit],
        ],
        value: counts.get(keyOf(listener, reason)) ?? 0,
      };
    }
  }
}

function byListener<Item extends Pick<ListenerBytes, 'listener'>>(
  items: readonly Item[],
  read: (item: Item) => number,
): readonly Sample<number>[] {
  return items.map((item) => ({ labels: [['listener', item.listener]], value: read(item) }));
}

import type { MetricsSource, PoolReadings } from '../exporter.ts';
import { counter, type Family, gauge, type Sample } from '../family.ts';

/** What pools do apart from their backends. */
export function* poolFamilies(source: MetricsSource): Generator<Family> {
  const pools = [...source.pools];
  const each = (read: (pool: PoolReadings) => number) =>
    pools.map((pool): Sample<number> => ({ labels: [['pool', pool.name]], value: read(pool) }));
  yield gauge(
    'queue_length',
    'Exchanges and TCP sessions that wait because every backend is full.',
    each(({ queue }) => queue.size),
  );
  yield gauge(
    'queue_max_waiting',
    'How many may wait before further ones are refused.',
    each(({ options }) => options.queue.maxWaiting),
  );
  yield counter(
    'algorithm_faults_total',
    'Times a custom algorithm threw or answered nonsense, and round robin picked in its place.',
    each(({ algorithmFaults }) => algorithmFaults),
  );
  yield counter(
    'retries_total',
    'Attempts made because another one had failed, by why it had.',
    pools.flatMap(({ name, retries }) =>
      [...retries.counts].map(([reason, value]) => ({
        labels: [
          ['pool', name],
          ['reason', reason],
        ] as const,
        value,
      })),
    ),
  );
  yield counter(
    'retries_refused_total',
    'Retries that were not made because the budget was used up.',
    each(({ retries }) => retries.refused),
  );
}

import type { Metrics } from '../helpers/metrics.ts';
import type { SoakLoad } from './load.ts';
import type { Sample } from './sample.ts';
import type { Subject } from './subject.ts';

/** What compiled code and tables may still add after the first round; a leak of some bytes per request is more. */
const HEAP_GROWTH_BYTES = 1024 * 1024;
/** Garbage not yet collected belongs to it, and what the allocator keeps. */
const RESIDENT_GROWTH_BYTES = 48 * 1024 * 1024;

/** What lb has more of at the end than after its first round. */
export function leaksBetween(first: Sample, last: Sample): readonly string[] {
  const allowed: Sample = {
    openFiles: first.openFiles,
    timers: first.timers,
    heapBytes: first.heapBytes + HEAP_GROWTH_BYTES,
    residentBytes: first.residentBytes + RESIDENT_GROWTH_BYTES,
  };
  return (Object.keys(allowed) as (keyof Sample)[]) // made just above
    .filter((name) => last[name] > allowed[name])
    .map((name) => `${name}: ${last[name]}, after the first round ${first[name]}`);
}

/** Everything that clients, access log and metrics have not counted alike, and every request that was lost. */
export function discrepancies(
  load: SoakLoad,
  subject: Subject,
  { sum }: Metrics,
): readonly string[] {
  const web = subject.counts.get('web');
  const lines = (listener: string) => subject.counts.get(listener)?.lines ?? 0;
  const ended = (listener: string) => sum('requests_total', { listener });
  const { lost, wrong } = load.outcomes;
  const rows: readonly (readonly [string, number, number])[] = [
    ['requests: clients, metrics', load.requests, ended('web')],
    ['requests: clients, access log', load.requests, lines('web')],
    ['failed: clients, metrics', load.failures, sum('request_failures_total', { listener: 'web' })],
    ['failed: clients, access log', load.failures, web?.failed ?? 0],
    ['WebSocket sessions: clients, metrics', load.webSockets, ended('sessions')],
    ['WebSocket sessions: clients, access log', load.webSockets, lines('sessions')],
    ['TCP sessions: clients, metrics', load.tcpSessions, ended('tcp')],
    ['TCP sessions: clients, access log', load.tcpSessions, lines('tcp')],
    ['requests without any answer', lost, 0],
    ['responses that were not the right one', wrong, 0],
    ['access lines dropped', sum('access_log_dropped_lines_total'), 0],
  ];
  const unequal = rows.filter(([, one, other]) => one !== other);
  const refused = [...load.refusedGets];
  return [
    ...unequal.map(([what, one, other]) => `${what}: ${one}, ${other}`),
    ...refused.map(
      ([answer, count]) => `GETs refused though one backend was well: ${count} × ${answer}`,
    ),
    ...(refused.length === 0 ? [] : subject.refusals.map((line) => JSON.stringify(line))),
  ];
}

import type { RequestKeys } from './request-keys.ts';
import type { ServiceTime } from './service-time.ts';

/** How a backend behaves; one of ordinary speed takes the scenario's service times as they are. */
export interface BackendModel {
  /** As lb.yaml has it. */
  readonly weight: number;
  /** Requests it works on at the same time; further ones wait in line. */
  readonly workers: number;
  /** What service times are multiplied with, as lasting as the backend: decides what it can do. */
  readonly slowness: number;
  /** A time in which it is slower still. */
  readonly trouble: Trouble | null;
  /** It answers everything with an error, at once. */
  readonly fails: boolean;
}

export interface Trouble {
  readonly fromMs: number;
  readonly toMs: number;
  /** What service times that begin in it are multiplied with. */
  readonly slowness: number;
}

export interface Scenario {
  readonly name: string;
  /** What happens in it: head of a column, and in full. */
  readonly title: string;
  readonly summary: string;
  /** The odd one, where there is one, is the first; at least one must not fail. */
  readonly backends: readonly BackendModel[];
  readonly hasOddBackend: boolean;
  /** Arrivals, as a part of what the backends can do together without trouble and failures. */
  readonly load: number;
  readonly serviceTime: ServiceTime;
  readonly keys: RequestKeys;
  /** Backends that fail are ejected for a while, as `passive_health` does. */
  readonly passiveHealth: boolean;
  readonly requests: number;
  /** What the comparison of all scenarios shows of it: the 99th percentile of latency, or the part that failed. */
  readonly figure: 'p99' | 'failed';
}

/** Requests that all backends together can do in a millisecond. */
export function capacityPerMs({ backends, serviceTime }: Scenario): number {
  return backends.reduce(
    (sum, { workers, slowness }) => sum + workers / (serviceTime.meanMs * slowness),
    0,
  );
}

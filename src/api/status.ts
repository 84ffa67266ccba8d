import { flag, listOf, number, orNull, record, type Shape, text, time, word } from './shapes.ts';

/** Who did something, when, and why. */
export interface By {
  readonly who: string;
  readonly why: string;
  readonly since: string;
}

/** What traffic was like over the last minute, or since there is any. */
export interface RecentTraffic {
  readonly per_second: number;
  /** null without an exchange in that time. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

export interface ListenerStatus {
  readonly name: string;
  readonly protocol: 'http' | 'tcp';
  readonly bind: string;
  /** Where it listens in fact. */
  readonly address: string;
  readonly connections: number;
  /** 0: only the global limit. */
  readonly max_connections: number;
  /** Of a TCP listener: its pool, under the name of the pool. */
  readonly routes: readonly RouteStatus[];
}

export interface RouteStatus {
  readonly name: string;
  /** What it asks for, in one line: `*.example.com/v1 GET`. */
  readonly match: string;
  readonly pool: string;
}

export interface PoolStatus {
  readonly name: string;
  readonly algorithm: string;
  /** Backends that may be given new traffic. */
  readonly eligible: number;
  readonly queue: number;
  readonly max_waiting: number;
  readonly recent: RecentTraffic;
  readonly backends: readonly BackendStatus[];
}

export const backendStates = [
  'up',
  'half_open',
  'ejected',
  'down',
  'draining',
  'maintenance',
] as const;

export interface BackendStatus {
  readonly name: string;
  readonly address: string;
  readonly state: (typeof backendStates)[number];
  /** Why it is in this state. */
  readonly why: string;
  readonly since: string;
  /** null while nobody has ordered anything. */
  readonly order: (By & { readonly order: 'ready' | 'draining' | 'maintenance' }) | null;
  /** What checks say, whatever people ordered. */
  readonly healthy: boolean;
  readonly eligible: boolean;
  readonly weight: number;
  /** 0: no limit. */
  readonly max_connections: number;
  readonly backup: boolean;
  readonly in_flight: number;
  readonly requests: number;
  readonly failures: number;
  readonly ejections: number;
  readonly recent: RecentTraffic;
}

/** Where lb is other than its file says. */
export interface Drift extends By {
  readonly kind: 'order' | 'weight' | 'added' | 'removed';
  readonly pool: string;
  readonly backend: string;
  /** In a few words: `weight 1 → 5`. */
  readonly what: string;
}

/** Removed, with traffic left. */
export interface Leaving {
  readonly kind: 'backend' | 'listener';
  /** `POOL/BACKEND` or the listener's. */
  readonly name: string;
  readonly in_flight: number;
}

export interface Status {
  readonly version: string;
  readonly pid: number;
  readonly started: string;
  readonly uptime_seconds: number;
  readonly state: 'ready' | 'not_ready';
  /** null while it is ready. */
  readonly why: string | null;
  readonly generation: number;
  /** The last one, or the start. */
  readonly reload: { readonly succeeded: boolean; readonly ended: string };
  readonly connections: { readonly active: number; readonly max: number };
  readonly listeners: readonly ListenerStatus[];
  readonly pools: readonly PoolStatus[];
  readonly drift: readonly Drift[];
  readonly leaving: readonly Leaving[];
}

const by = { who: text, why: text, since: time };

const recent = record({ per_second: number, p50_ms: orNull(number), p99_ms: orNull(number) });

export const backendShape: Shape = record({
  name: text,
  address: text,
  state: word(...backendStates),
  why: text,
  since: time,
  order: orNull(record({ order: word('ready', 'draining', 'maintenance'), ...by })),
  healthy: flag,
  eligible: flag,
  weight: number,
  max_connections: number,
  backup: flag,
  in_flight: number,
  requests: number,
  failures: number,
  ejections: number,
  recent,
});

export const statusShape: Shape = record({
  version: text,
  pid: number,
  started: time,
  uptime_seconds: number,
  state: word('ready', 'not_ready'),
  why: orNull(text),
  generation: number,
  reload: record({ succeeded: flag, ended: time }),
  connections: record({ active: number, max: number }),
  listeners: listOf(
    record({
      name: text,
      protocol: word('http', 'tcp'),
      bind: text,
      address: text,
      connections: number,
      max_connections: number,
      routes: listOf(record({ name: text, match: text, pool: text })),
    }),
  ),
  pools: listOf(
    record({
      name: text,
      algorithm: text,
      eligible: number,
      queue: number,
      max_waiting: number,
      recent,
      backends: listOf(backendShape),
    }),
  ),
  drift: listOf(
    record({
      kind: word('order', 'weight', 'added', 'removed'),
      pool: text,
      backend: text,
      what: text,
      ...by,
    }),
  ),
  leaving: listOf(record({ kind: word('backend', 'listener'), name: text, in_flight: number })),
});

import type { AccessField } from '../foundation/access-field.ts';
import type { LogLevel } from '../foundation/log-level.ts';
import type { AlgorithmDocument } from './algorithm-schema.ts';
import type { TrialRefusal } from './snapshot.ts';

/*
 * lb.yaml in its own words with every default filled in: what the validator leaves behind, what the snapshot is built
 * from, and what the effective configuration prints.
 */

export interface ConfigDocument {
  readonly global: GlobalDocument;
  readonly listeners: readonly ListenerDocument[];
  readonly pools: Readonly<Record<string, PoolDocument>>;
  readonly health_checks: Readonly<Record<string, CheckDocument>>;
  readonly tests?: readonly RouteTestDocument[];
}

export interface GlobalDocument {
  readonly log: { readonly level: LogLevel; readonly output: string };
  readonly access_log: {
    readonly enabled: boolean;
    readonly output: string;
    /** Empty: all. */
    readonly fields: readonly AccessField[];
    readonly query: 'keep' | 'redact' | 'omit';
    readonly client_ip: 'full' | 'anonymous';
    readonly sample: string;
    readonly slow: string;
  };
  readonly admin: 'off' | { readonly bind: string; readonly token?: string };
  /** `auto`, `off`, or the path of a socket. */
  readonly control: string;
  readonly metrics: {
    readonly prefix: string;
    readonly statsd?: {
      readonly address: string;
      readonly interval: string;
      readonly prefix: string;
    };
  };
  readonly limits: { readonly max_connections: number; readonly max_connections_per_ip: number };
  readonly why: { readonly entries: number; readonly slow: string };
  /** Or `off`. */
  readonly state_file: string;
  readonly drain_timeout: string;
  readonly shutdown: { readonly delay: string; readonly timeout: string };
  readonly trusted_proxies: readonly string[];
  readonly dns: { readonly servers: readonly string[]; readonly family: 'any' | 'ipv4' | 'ipv6' };
}

export interface HttpListenerDocument {
  readonly name?: string;
  readonly bind: string;
  readonly protocol: 'http';
  readonly timeouts: {
    readonly header: string;
    readonly body_stall: string;
    readonly write_stall: string;
    readonly idle: string;
    readonly tunnel_idle: string;
  };
  readonly limits: {
    readonly max_connections: number;
    readonly header_bytes: string | number;
    readonly header_count: number;
    readonly target_bytes: string | number;
    readonly body_bytes: string | number;
    readonly body_rate: string | number;
  };
  readonly forwarding: {
    readonly x_forwarded_for: boolean;
    readonly x_forwarded_proto: boolean;
    readonly x_forwarded_host: boolean;
    readonly x_forwarded_port: boolean;
    readonly forwarded: boolean;
    readonly request_id: boolean;
    readonly via: boolean;
    readonly server: 'keep' | 'remove';
  };
  readonly errors: { readonly reason_header: boolean };
  /** Either these or `pool`; the semantic checks see to it. */
  readonly routes?: readonly RouteDocument[];
  readonly pool?: string;
}

export interface TcpListenerDocument {
  readonly name?: string;
  readonly bind: string;
  readonly protocol: 'tcp';
  readonly timeouts: { readonly idle: string };
  readonly limits: { readonly max_connections: number };
  readonly pool: string;
}

export type ListenerDocument = HttpListenerDocument | TcpListenerDocument;

export interface HeaderEditsDocument {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

export interface RouteDocument {
  readonly name?: string;
  readonly match: {
    readonly host: string | readonly string[];
    readonly path: string;
    readonly methods: readonly string[];
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly request_headers: HeaderEditsDocument;
  readonly response_headers: HeaderEditsDocument;
  readonly pool: string;
  readonly algorithm?: AlgorithmDocument;
}

export type BackendDocument =
  | string
  | {
      readonly name?: string;
      readonly address: string;
      readonly weight: number;
      readonly max_connections: number;
      readonly backup: boolean;
      readonly resolve: 'one' | 'all';
    };

export interface PoolDocument {
  readonly algorithm: AlgorithmDocument;
  readonly backends: readonly BackendDocument[];
  /** The name of one of `health_checks`, or `off`. */
  readonly health_check: string | CheckDocument;
  readonly passive_health: 'off' | PassiveDocument;
  readonly retries: {
    readonly attempts: number;
    readonly budget: string;
    readonly buffer: string | number;
    readonly timeout: string;
  };
  readonly timeouts: {
    readonly connect: string;
    readonly response_header: string;
    readonly response_stall: string;
  };
  readonly connection_pool: { readonly max_idle: number; readonly idle: string };
  readonly queue: { readonly max_waiting: number; readonly timeout: string };
  readonly slow_start: string;
  /** The global one when not given. */
  readonly drain_timeout?: string;
  readonly when_all_down: 'fail_fast' | 'try_all' | 'backup';
  readonly sticky?: StickyDocument;
}

export interface CheckDocument {
  readonly type: string;
  readonly interval: string;
  readonly timeout: string;
  readonly unhealthy_threshold: number;
  readonly healthy_threshold: number;
  /** Of its type, and unless lb wrote the document, the defaults of all others. */
  readonly [option: string]: unknown;
}

export interface PassiveDocument {
  readonly consecutive_failures: number;
  readonly ejection: string;
  readonly max_ejection: string;
  readonly min_healthy: number;
  readonly count_5xx: boolean;
  readonly count_slower_than: string;
}

export interface StickyDocument {
  readonly cookie: string;
  readonly ttl: string;
  readonly secret?: string;
  readonly path: string;
  readonly domain?: string;
  readonly same_site: 'lax' | 'strict' | 'none';
  readonly secure: 'auto' | 'always' | 'never';
  readonly http_only: boolean;
}

export interface RouteTestDocument {
  /** Method and URL. */
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly listener?: string;
  readonly expect: TrialRefusal | { readonly route?: string; readonly pool?: string };
}

import type { AlgorithmConfig } from '../balancing/catalog.ts';
import type { AccessField } from '../foundation/access-field.ts';
import type { Address } from '../foundation/address.ts';
import type { LogLevel } from '../foundation/log-level.ts';
import type { CheckConfig } from '../health/catalog.ts';
import type { PassiveConfig } from '../health/circuit.ts';
import type { TrialRequest } from '../trial/trial-request.ts';
import type { trialRefusals } from '../trial/try-request.ts';

/** `stdout`, `stderr`, or the path of a file that is appended to. */
export type LogOutput = string;

export interface AccessLogConfig {
  readonly enabled: boolean;
  readonly output: LogOutput;
  /** Empty: all. */
  readonly fields: readonly AccessField[];
  /** Of a query `redact` leaves the names, `omit` nothing. */
  readonly query: 'keep' | 'redact' | 'omit';
  /** `anonymous`: the network that it is in. */
  readonly clientIp: 'full' | 'anonymous';
  /** Of the lines that are neither about a failure nor about something slow, how many are written. */
  readonly samplePercent: number;
  /** From this duration on an exchange is slow; 0: none is. */
  readonly slowMs: number;
}

export interface GlobalConfig {
  readonly log: { readonly level: LogLevel; readonly output: LogOutput };
  readonly accessLog: AccessLogConfig;
  /** null when `admin: off`. */
  readonly admin: {
    readonly bind: Address;
    /** What changes, and reads from elsewhere than loopback, need; null: they are refused. */
    readonly token: string | null;
  } | null;
  /** The absolute path of the control socket; `auto`: where this machine keeps such; null: none. */
  readonly control: string | null;
  readonly metrics: {
    /** What the names in /metrics begin with; '' for nothing. */
    readonly prefix: string;
    /** null: nothing is sent. */
    readonly statsd: StatsdConfig | null;
  };
  readonly limits: {
    /** Client connections over all listeners; further ones are refused with 503. */
    readonly maxConnections: number;
    /** 0: no limit. */
    readonly maxConnectionsPerIp: number;
  };
  /** What `lb why` remembers. */
  readonly why: {
    /** How many exchanges; 0: none. */
    readonly entries: number;
    /** One that took at least this long is remembered though nothing failed. */
    readonly slowMs: number;
  };
  /** Where health and orders are kept for the next start; null: nowhere. */
  readonly stateFile: string | null;
  /** How long tunnels and TCP sessions of a removed listener may last; their pools have one of their own. */
  readonly drainTimeoutMs: number;
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number };
  /** CIDRs in canonical text, such as `10.0.0.0/8` or `::1/128`. */
  readonly trustedProxies: readonly string[];
  readonly dns: {
    /** Who resolves the names of backends, `address` or `address:port`; empty: as the system does. */
    readonly servers: readonly string[];
    /** Which of their addresses are used. */
    readonly family: 'any' | 'ipv4' | 'ipv6';
  };
}

/** To whom metrics are sent by StatsD. */
export interface StatsdConfig {
  /** Host and port. */
  readonly address: Address;
  readonly intervalMs: number;
  /** What names begin with, before a dot; '' for nothing. */
  readonly prefix: string;
}

/** Fields to change in a message head; names keep the spelling of lb.yaml. */
export interface HeaderEditsConfig {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

export interface RouteConfig {
  /** Unique within the listener; `route-N` (from 1) or, for `pool:` on the listener, the pool's name when not given. */
  readonly name: string;
  readonly match: {
    /** Lower case, no port; `*.example.com` stands for every name below example.com. Empty: any host. */
    readonly hosts: readonly string[];
    /** Prefix on segment boundaries; `/` matches everything. */
    readonly path: string;
    /** Upper case as on the wire; empty: any method. */
    readonly methods: readonly string[];
    /** Exact values; names in lower case. */
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
  readonly requestHeaders: HeaderEditsConfig;
  readonly responseHeaders: HeaderEditsConfig;
  readonly pool: string;
  /** null: the pool's. */
  readonly algorithm: AlgorithmConfig | null;
}

interface ListenerBase {
  /** Unique; the bind text when not given. */
  readonly name: string;
  readonly bind: Address;
}

export interface HttpListenerConfig extends ListenerBase {
  readonly protocol: 'http';
  readonly timeouts: {
    /** Whole request head, from its first byte. */
    readonly headerMs: number;
    /** Longest pause between two reads of a request body. */
    readonly bodyStallMs: number;
    /** Longest wait for the client to take bytes. */
    readonly writeStallMs: number;
    /** Between two exchanges on one connection. */
    readonly idleMs: number;
    /** Without a byte either way after a 101. */
    readonly tunnelIdleMs: number;
  };
  readonly limits: {
    /** 0: only the global limit. */
    readonly maxConnections: number;
    readonly headerBytes: number;
    readonly headerCount: number;
    readonly targetBytes: number;
    /** 0: no limit. */
    readonly bodyBytes: number;
    /** Bytes per second that a request body must keep up after a grace of 5 s; 0: no limit. */
    readonly bodyRate: number;
  };
  /** Which fields about the way of a message lb writes; docs/forwarding.md says what they hold. */
  readonly forwarding: {
    readonly xForwardedFor: boolean;
    readonly xForwardedProto: boolean;
    readonly xForwardedHost: boolean;
    readonly xForwardedPort: boolean;
    readonly forwarded: boolean;
    readonly requestId: boolean;
    readonly via: boolean;
    /** The Server field of responses. */
    readonly server: 'keep' | 'remove';
  };
  readonly errors: { /** X-LB-Reason on lb's own answers. */ readonly reasonHeader: boolean };
  /** In file order, never empty. */
  readonly routes: readonly RouteConfig[];
}

export interface TcpListenerConfig extends ListenerBase {
  readonly protocol: 'tcp';
  readonly timeouts: { /** Without a byte either way. */ readonly idleMs: number };
  readonly limits: { /** 0: only the global limit. */ readonly maxConnections: number };
  readonly pool: string;
}

/** Told apart by `protocol`: a TCP listener cannot even spell an HTTP option. */
export type ListenerConfig = HttpListenerConfig | TcpListenerConfig;

export interface BackendConfig {
  /** Unique within the pool; the address text when not given. */
  readonly name: string;
  readonly address: Address;
  /** 0: no new traffic. */
  readonly weight: number;
  /** 0: no limit. */
  readonly maxConnections: number;
  readonly backup: boolean;
  /** Where the address is a name: one backend at one of its addresses, or one backend at each. */
  readonly resolve: 'one' | 'all';
}

export interface PoolConfig {
  readonly name: string;
  readonly algorithm: AlgorithmConfig;
  /** In file order, never empty. */
  readonly backends: readonly BackendConfig[];
  /** null when `health_check: off`. */
  readonly healthCheck: CheckConfig | null;
  /** null when `passive_health: off`. */
  readonly passiveHealth: PassiveConfig | null;
  readonly retries: {
    /** Further attempts after the first, each on another backend. */
    readonly attempts: number;
    /** How many of the exchanges in flight may be retries that make backends work twice. */
    readonly budgetPercent: number;
    /** How much of a request body is kept to be sent again; 0: none. */
    readonly bufferBytes: number;
    /** No retry begins later than this after its exchange. */
    readonly timeoutMs: number;
  };
  readonly timeouts: {
    readonly connectMs: number;
    /** From the whole request sent to the whole response head received. */
    readonly responseHeaderMs: number;
    /** Longest pause between two reads of a response body. */
    readonly responseStallMs: number;
  };
  readonly connectionPool: {
    /** Idle connections kept per backend. */
    readonly maxIdle: number;
    readonly idleMs: number;
  };
  /** For exchanges and sessions that come when every backend is full. */
  readonly queue: { readonly maxWaiting: number; readonly timeoutMs: number };
  /** 0: none. */
  readonly slowStartMs: number;
  /** How long tunnels and TCP sessions of a removed backend may last. */
  readonly drainTimeoutMs: number;
  readonly whenAllDown: 'fail_fast' | 'try_all' | 'backup';
  /** null: clients are not kept at a backend. */
  readonly sticky: StickyConfig | null;
}

/** The cookie that keeps a client at its backend. */
export interface StickyConfig {
  readonly cookie: string;
  /** From the moment it is set; 0: until the browser closes. */
  readonly ttlMs: number;
  /** null: its value is a digest of names alone. */
  readonly secret: string | null;
  readonly path: string;
  /** null: the host that was asked. */
  readonly domain: string | null;
  readonly sameSite: 'lax' | 'strict' | 'none';
  /** `auto`: for clients that came by https. */
  readonly secure: 'auto' | 'always' | 'never';
  readonly httpOnly: boolean;
}

/** What lb may refuse a request with before any backend is asked. */
export type TrialRefusal = (typeof trialRefusals)[number];

/** A request beside what must become of it: checked whenever the configuration is loaded. */
export interface RouteTestConfig {
  readonly request: TrialRequest;
  /** null: the one that the URL leads to. */
  readonly listener: string | null;
  readonly expect:
    | { readonly outcome: 'refused'; readonly reason: TrialRefusal }
    /** null: any. Not both are. */
    | { readonly outcome: 'routed'; readonly route: string | null; readonly pool: string | null };
}

/** One validated, frozen configuration with every default filled in. */
export interface Snapshot {
  readonly global: GlobalConfig;
  readonly listeners: readonly ListenerConfig[];
  readonly pools: readonly PoolConfig[];
  readonly tests: readonly RouteTestConfig[];
}

/** What a check of an operator's own is told about the backend. */
export interface CheckTarget {
  /** As lb.yaml spells it. */
  readonly address: string;
  /** The IP address to connect to. '' for a Unix socket, whose port is 0. */
  readonly host: string;
  readonly port: number;
  /** Of a Unix socket; '' for TCP. */
  readonly path: string;
}

/**
 * What the module of such a check exports as `probe`. Resolves when the backend is well and throws, with a message for
 * people, when it is not. `signal` aborts when the probe's time is up: whatever comes later is not heard.
 */
export type CheckFunction = (target: CheckTarget, signal: AbortSignal) => unknown;

/** What an algorithm may know of a backend. The numbers move; the object stays the same. */
export interface Target {
  /** Unique within the pool and the same after a reload or restart: what hashes are taken of. */
  readonly name: string;
  /** Share of new traffic relative to the others, above 0; a backend that is warming up has less than its file says. */
  readonly weight: number;
  /** Exchanges (HTTP) or sessions (TCP) in flight. */
  readonly active: number;
  /** Peak-sensitive moving average of the time to the first byte of a response, milliseconds at `now`; 0 before the first. */
  responseMs(now: number): number;
}

/** Chooses among the backends it was built for; replaced as a whole when they, or their weights, change. */
export interface Picker {
  /**
   * Called once per attempt: must neither allocate nor look for who is eligible.
   *
   * @param key signed 32-bit hash of what the algorithm's `key` names; 0 for algorithms without one.
   * @returns an index into the eligible backends.
   */
  pick(key: number): number;
  /** `active` of the backend at `index` has just changed; for pickers that keep their backends in order of load. */
  loadChanged?(index: number): void;
}

export interface BuildContext {
  /** The picker this one replaces, so that a cursor survives a change of the eligible set. */
  readonly previous: Picker | null;
  /** Uniform in [0, 1). */
  random(): number;
  /** Monotonic clock, milliseconds. */
  now(): number;
}

/** What tells requests apart. One without that header field, cookie or parameter goes by its client's address. */
export interface KeySource {
  readonly of: 'client_ip' | 'path' | 'header' | 'cookie' | 'query';
  /** Of the header field, cookie or query parameter; empty for the other two. */
  readonly name: string;
  /** Leading bits of an IPv6 client address that count, 1 to 128: who has a whole network is still one client. */
  readonly ipv6Prefix: number;
}

/** One way to choose a backend: its name in lb.yaml, the JSON Schema of its options, its picker. */
export interface Algorithm<Name extends string = string, Options extends object = object> {
  readonly name: Name;
  /** Of an object; a `default` in it is filled in before `build` sees the options. */
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  /** It gives backends of greater weight more; with any other, weights that differ are a mistake. */
  readonly weighted: boolean;
  /** For algorithms that send what has the same key to the same backend: which key. */
  key?(options: Options): KeySource;
  /** @param eligible backends that may take traffic, in configuration order, never empty; the picker keeps it. */
  build(eligible: readonly Target[], options: Options, context: BuildContext): Picker;
}

/** Keeps the literal name and the option type of a declaration. */
export function defineAlgorithm<const Name extends string, Options extends object>(
  algorithm: Algorithm<Name, Options>,
): Algorithm<Name, Options> {
  return algorithm;
}

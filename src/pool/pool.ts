import type { Backend } from '../backend/backend.ts';
import type { Picker } from '../balancing/algorithm.ts';

/** Builds the pool's picker over the backends that may take traffic. */
export type BuildPicker = (eligible: readonly Backend[], previous: Picker | null) => Picker;

export interface PoolOptions {
  /** Further attempts after the first. */
  readonly retries: { readonly attempts: number };
  readonly timeouts: {
    readonly connectMs: number;
    readonly responseHeaderMs: number;
    readonly responseStallMs: number;
  };
  /** How long a kept-alive connection may wait for its next exchange. */
  readonly connectionPool: { readonly idleMs: number };
}

/** Backends of one pool and the picker over those that may take traffic now. */
export class Pool {
  readonly name: string;
  readonly backends: readonly Backend[];
  readonly options: PoolOptions;
  readonly #picker: Picker;

  constructor(
    name: string,
    backends: readonly Backend[],
    options: PoolOptions,
    build: BuildPicker,
  ) {
    this.name = name;
    this.backends = backends;
    this.options = options;
    this.#picker = build(backends, null);
  }

  pick(): Backend {
    return this.backends[this.#picker.pick(0)]!; // a picker answers with an index into what it was built for
  }

  /**
   * For a retry: a backend other than those tried, found by asking the picker again so that the algorithm stays in charge.
   *
   * @returns null when every backend has been tried.
   */
  pickOther(tried: readonly Backend[]): Backend | null {
    if (tried.length >= this.backends.length) return null;
    for (let turn = 0; turn < this.backends.length; turn++) {
      const candidate = this.pick();
      if (!tried.includes(candidate)) return candidate;
    }
    // An algorithm that insists (a hash, say): the first untried one in configuration order.
    return this.backends.find((backend) => !tried.includes(backend)) ?? null;
  }
}

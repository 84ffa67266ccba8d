import type { Entry, Matchable } from './matcher.ts';

/** The pattern that any host matches, an absent one too. */
export const anyHost = '*';

const dot = 0x2e;

const isWildcard = (pattern: string): boolean => pattern.startsWith('*.');

/**
 * Finds the most specific host pattern: the name itself, else the longest wildcard above it, else any host.
 * A look-up costs one hash for the exact names and one for each wildcard length at which the host has a dot,
 * however many names there are.
 */
export class HostIndex<Value> {
  readonly #names = new Map<string, Entry<Value>>();
  /** By suffix with its dot: `*.example.com` is `.example.com`. */
  readonly #wildcards = new Map<string, Entry<Value>>();
  /** Distinct lengths of those suffixes, longest first. */
  readonly #lengths: number[] = [];
  readonly #any: Entry<Value> | null;
  readonly #hasOnlyAny: boolean;

  constructor(patterns: ReadonlyMap<string, Value>) {
    const any = patterns.get(anyHost);
    this.#any = any === undefined ? null : { pattern: anyHost, value: any, wider: null };
    this.#hasOnlyAny = any !== undefined && patterns.size === 1;
    const suffixes = [...patterns].filter(([pattern]) => isWildcard(pattern));
    // Widest first: what a pattern finds before it is in the index itself is the next wider one.
    for (const [pattern, value] of suffixes.sort(([a], [b]) => a.length - b.length)) {
      const suffix = pattern.slice(1);
      this.#wildcards.set(suffix, { pattern, value, wider: this.#findAbove(suffix.slice(1)) });
      if (this.#lengths[0] !== suffix.length) this.#lengths.unshift(suffix.length);
    }
    for (const [pattern, value] of patterns) {
      if (pattern === anyHost || isWildcard(pattern)) continue;
      this.#names.set(pattern, { pattern, value, wider: this.#findAbove(pattern) });
    }
  }

  find(head: Matchable): Entry<Value> | null {
    if (this.#hasOnlyAny) return this.#any; // spares the head making a string of its host
    const host = head.host;
    return this.#names.get(host) ?? this.#findAbove(host);
  }

  /** @returns the longest wildcard that has this name below it; `*.example.com` does not cover example.com itself. */
  #findAbove(host: string): Entry<Value> | null {
    for (const length of this.#lengths) {
      const start = host.length - length;
      if (start <= 0 || host.charCodeAt(start) !== dot) continue;
      const found = this.#wildcards.get(host.slice(start));
      if (found !== undefined) return found;
    }
    return this.#any;
  }
}

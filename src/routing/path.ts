import type { Entry, Matchable } from './matcher.ts';

const slash = 0x2f;

/** One spelling for prefixes that mean the same: `/v1/` is `/v1`, and `/` is ''. */
export function pathPrefix(configured: string): string {
  return configured.endsWith('/') ? configured.slice(0, -1) : configured;
}

/**
 * Finds the longest prefix of a path that ends where a segment does: `/v1` covers `/v1` and `/v1/x`, not `/v10`.
 * A look-up costs one hash for each prefix length at which the path has such an end, however many prefixes there are.
 */
export class PathIndex<Value> {
  readonly #prefixes = new Map<string, Entry<Value>>();
  /** Distinct lengths of those prefixes, longest first. */
  readonly #lengths: number[] = [];
  /** Of the empty prefix, which covers every path and `*`. */
  readonly #root: Entry<Value> | null;

  /** @param prefixes as {@link pathPrefix} spells them. */
  constructor(prefixes: ReadonlyMap<string, Value>) {
    const root = prefixes.get('');
    this.#root = root === undefined ? null : { pattern: '', value: root, wider: null };
    // Widest first: what a prefix finds before it is in the index itself is the next wider one.
    for (const [pattern, value] of [...prefixes].sort(([a], [b]) => a.length - b.length)) {
      if (pattern === '') continue;
      this.#prefixes.set(pattern, { pattern, value, wider: this.#longest(pattern) });
      if (this.#lengths[0] !== pattern.length) this.#lengths.unshift(pattern.length);
    }
  }

  find(head: Matchable): Entry<Value> | null {
    if (this.#lengths.length === 0) return this.#root; // spares the head making a string of its path
    return this.#longest(head.path);
  }

  #longest(path: string): Entry<Value> | null {
    for (const length of this.#lengths) {
      if (length > path.length) continue;
      if (length < path.length && path.charCodeAt(length) !== slash) continue;
      const found = this.#prefixes.get(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return this.#root;
  }
}

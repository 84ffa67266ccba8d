/** What a name stands for. */
export interface Answer {
  /** IP addresses, at least one, in no particular order. */
  readonly addresses: readonly string[];
  /** How long that may be relied on. */
  readonly ttlMs: number;
  /** Some question went unanswered: there may be more addresses than these. */
  readonly partial: boolean;
}

/** Finds the addresses of names. */
export interface NameResolver {
  /** Ends by itself within seconds. Rejects, with a `code`, when the name has no address or nobody tells. */
  resolve(host: string): Promise<Answer>;
  /** For good: what is under way rejects, and so does whatever comes later. */
  cancel(): void;
}

/**
 * What routing needs of a request's head. HTTP/1 implements it over byte ranges, later protocols over their own lists,
 * so a getter may cost a string: it is read only by rules that need it.
 */
export interface Matchable {
  /** As on the wire; methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string;
  /** Lower case, without port and trailing dot; '' when absent. */
  readonly host: string;
  /**
   * The target's path without query, raw: neither dot segments nor percent-encoding are resolved, so that exactly
   * what was matched is forwarded. `*` for `OPTIONS *`.
   */
  readonly path: string;
  /** @param name in lower case. @returns several fields of one name joined with ", "; null when there is none. */
  get(name: string): string | null;
}

/** Which requests a route takes: those that meet all of it. The shape of `match` in lb.yaml, see RouteConfig. */
export interface RouteMatch {
  /** Lower case; `*.example.com` is every name below example.com, at any depth; empty: any host. */
  readonly hosts: readonly string[];
  /** Prefix on segment boundaries; a slash at its end makes no difference. */
  readonly path: string;
  /** Empty: any method. */
  readonly methods: readonly string[];
  /** Exact values; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What one host or path pattern leads to, and the next wider pattern, which covers all that this one does. */
export interface Entry<Value> {
  /** As the index was given it. */
  readonly pattern: string;
  readonly value: Value;
  readonly wider: Entry<Value> | null;
}

/** One demand on a request beyond its host and path, compiled at load. */
export interface Condition {
  readonly kind: ConditionKind['name'];
  /** A plain function, so that a route's are one flat array of them. */
  readonly holds: (head: Matchable) => boolean;
  /** For explanations: what is demanded, and what a request has in its place. */
  describe(head: Matchable): Demand;
}

/** A demand beside what a request brings, in the words of lb.yaml. */
export interface Demand {
  /** The name of the header field; '' where there is nothing to name. */
  readonly name: string;
  /** Any one of these will do. */
  readonly wanted: readonly string[];
  /** null: it is not there. */
  readonly found: string | null;
}

/** A sort of condition. A new one is a file beside this one and a word in the catalog. */
export interface ConditionKind {
  readonly name: 'header' | 'method';
  /** @returns one condition for each demand the route makes of this kind; none: whatever comes is fine. */
  compile(match: RouteMatch): readonly Condition[];
}

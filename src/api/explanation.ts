import { flag, listOf, number, orNull, record, type Shape, text, word } from './shapes.ts';

/** What somebody asks about. */
export interface Question {
  readonly method: string;
  /** Whole, or a path alone. */
  readonly url: string;
  /** Each `Name: value`. */
  readonly headers: readonly string[];
  /** The address that the request would come from. */
  readonly client_ip: string;
  /** null: those that the URL leads to. */
  readonly listener: string | null;
}

export const outcomes = ['matched', 'outranked', 'missed'] as const;

export interface RouteExplanation {
  readonly route: string;
  readonly pool: string;
  readonly outcome: (typeof outcomes)[number];
  readonly why: string;
}

export interface BackendExplanation {
  readonly backend: string;
  readonly address: string;
  /** It may be given a new request now. */
  readonly eligible: boolean;
  readonly why: string;
  readonly weight: number;
  readonly in_flight: number;
  /** 0: no limit. */
  readonly max_connections: number;
  readonly backup: boolean;
}

export interface PoolExplanation {
  readonly pool: string;
  readonly algorithm: string;
  /** What a hash algorithm goes by, such as `header X-User`; null for the others. */
  readonly key: string | null;
  /** The cookie that keeps clients at their backend; null where they are not kept. */
  readonly sticky_cookie: string | null;
  /** Who would get the request; null where only the moment tells, or nobody would. */
  readonly choice: string | null;
  readonly why: string;
  readonly backends: readonly BackendExplanation[];
}

/** What lb itself would answer. */
export interface RefusalExplanation {
  readonly reason: string;
  readonly status: number;
  readonly text: string;
  readonly cause: string;
  readonly cure: string;
}

export interface ListenerExplanation {
  readonly listener: string;
  readonly bind: string;
  /** Whom lb takes for the client. */
  readonly client_ip: string;
  /** null when a route takes the request. */
  readonly refusal: RefusalExplanation | null;
  /** In the order of the file. */
  readonly routes: readonly RouteExplanation[];
  /** null where there is a refusal. */
  readonly target: PoolExplanation | null;
}

export interface Explanation {
  /** Whether health and loads are those of a running lb; otherwise every backend counts as well. */
  readonly live: boolean;
  readonly listeners: readonly ListenerExplanation[];
}

export const explanationShape: Shape = record({
  live: flag,
  listeners: listOf(
    record({
      listener: text,
      bind: text,
      client_ip: text,
      refusal: orNull(record({ reason: text, status: number, text, cause: text, cure: text })),
      routes: listOf(record({ route: text, pool: text, outcome: word(...outcomes), why: text })),
      target: orNull(
        record({
          pool: text,
          algorithm: text,
          key: orNull(text),
          sticky_cookie: orNull(text),
          choice: orNull(text),
          why: text,
          backends: listOf(
            record({
              backend: text,
              address: text,
              eligible: flag,
              why: text,
              weight: number,
              in_flight: number,
              max_connections: number,
              backup: flag,
            }),
          ),
        }),
      ),
    }),
  ),
});

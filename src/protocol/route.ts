import type { HeadEdits } from '../http1/head-edits.ts';
import type { Balancer } from '../pool/balancer.ts';
import type { Pool } from '../pool/pool.ts';
import type { StickySessions } from '../sticky/sticky-sessions.ts';
import type { RequestKey } from './request-key.ts';

/** What a matched request gets; compiled once at load. */
export interface Route {
  readonly name: string;
  readonly pool: Pool;
  /** The pool's own, or one over the same backends with the route's own algorithm. */
  readonly balancer: Balancer;
  /** null for an algorithm without a key. */
  readonly key: RequestKey | null;
  /** null where clients are not kept at a backend. */
  readonly sticky: StickySessions | null;
  readonly requestEdits: HeadEdits;
  readonly responseEdits: HeadEdits;
}

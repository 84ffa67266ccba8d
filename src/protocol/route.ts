import type { HeadEdits } from '../http1/head-edits.ts';
import type { Pool } from '../pool/pool.ts';

/** What a matched request gets; compiled once at load. */
export interface Route {
  readonly name: string;
  readonly pool: Pool;
  readonly requestEdits: HeadEdits;
  readonly responseEdits: HeadEdits;
}

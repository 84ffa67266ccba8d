import type { Status } from './status.ts';

/** What endpoints ask of a running lb. */
export interface Operator {
  /** null while lb wants new traffic. */
  whyNotReady(): string | null;
  status(): Status;
}

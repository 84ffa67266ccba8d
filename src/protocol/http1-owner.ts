import type { ForwardedPolicy } from '../middleware/forwarded.ts';
import type { Router } from '../routing/router.ts';
import type { ClientConnection } from './connection-set.ts';
import type { BodyLimits } from './request-body.ts';
import type { ResponsePolicy } from './response-writer.ts';
import type { Route } from './route.ts';

/** What a listener tells its client connections, and hears from them. */
export interface Http1Owner extends ResponsePolicy {
  readonly name: string;
  readonly timeouts: {
    readonly headerMs: number;
    readonly bodyStallMs: number;
    readonly writeStallMs: number;
    readonly idleMs: number;
    readonly tunnelIdleMs: number;
  };
  readonly limits: {
    readonly headerBytes: number;
    readonly headerCount: number;
    readonly targetBytes: number;
  } & BodyLimits;
  readonly router: Router<Route>;
  readonly forwarded: ForwardedPolicy;
  /** The listener is closing: no connection outlives its exchange. */
  readonly draining: boolean;
  /** The connection has closed. */
  forget(client: ClientConnection, peerAddress: string, peerPort: number): void;
}

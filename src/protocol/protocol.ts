import type { Backend } from '../backend/backend.ts';
import type { Address } from '../foundation/address.ts';
import type { ClientConnection } from './connection-set.ts';

/** A listener that accepts traffic, whatever its protocol. */
export interface RunningListener {
  readonly name: string;
  /** Where it listens in fact. */
  readonly address: Address;
  /** Client connections open now. */
  readonly connections: number;
  /** Tunnels and TCP sessions open now. @param backend null: to any backend. */
  sessions(backend: Backend | null): readonly ClientConnection[];
  /** Begins to accept, in place of whoever has accepted at its address so far. */
  serve(): void;
  /**
   * Stops accepting, unless another listener serves its address by now, closes what is idle, lets the rest end by
   * itself. Resolves when no connection is left.
   */
  drain(): Promise<void>;
  /** Cuts every connection that is left. @returns how many of them had something under way. */
  destroy(): number;
}

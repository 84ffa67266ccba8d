import type { Address } from '../foundation/address.ts';

/** A listener that accepts traffic, whatever its protocol. */
export interface RunningListener {
  readonly name: string;
  /** Where it listens in fact. */
  readonly address: Address;
  /** Client connections open now. */
  readonly connections: number;
  /** Stops accepting, closes what is idle, lets the rest end by itself. Resolves when no connection is left. */
  drain(): Promise<void>;
  /** Cuts every connection that is left. */
  destroy(): void;
}

import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { ByteStream } from '../transport/transport.ts';
import type { CutReason } from './connection-set.ts';
import type { Exchange } from './exchange.ts';
import { Splice, type SpliceOwner } from './splice.ts';

/** Told when both ends of a tunnel are closed. */
export interface TunnelOwner {
  onTunnelEnd(): void;
}

/** Read anew for each wait: a reload may change it. */
export interface TunnelRules {
  readonly timeouts: {
    /** Longest time without a byte either way. */ readonly tunnelIdleMs: number;
  };
}

/** What an exchange becomes after a 101: a splice whose bytes and end go into the exchange's record. */
export class Tunnel implements SpliceOwner {
  readonly #exchange: Exchange;
  readonly #owner: TunnelOwner;
  readonly #rules: TunnelRules;
  readonly #splice: Splice;

  /** @param sentBytes bytes of the new protocol that came with the 101 and have been written to the client. */
  constructor(
    exchange: Exchange,
    owner: TunnelOwner,
    streams: { readonly client: ByteStream; readonly backend: ByteStream },
    sentBytes: number,
    wheel: TimerWheel,
    rules: TunnelRules,
  ) {
    this.#exchange = exchange;
    this.#owner = owner;
    this.#rules = rules;
    exchange.onSwitched();
    this.#splice = new Splice(streams.client, streams.backend, this, wheel);
    this.#splice.bytesOut = sentBytes;
    if (streams.client.pending) streams.backend.pause();
  }

  /** Sends on what the client had said right behind its upgrade request. */
  forwardFirst(bytes: Buffer): void {
    this.#splice.forwardFirst(bytes);
  }

  get idleMs(): number {
    return this.#rules.timeouts.tunnelIdleMs;
  }

  /** Cuts both ends. */
  destroy(reason: CutReason): void {
    this.#exchange.reason = reason;
    this.#splice.destroy();
  }

  onSpliceEnd(splice: Splice): void {
    const exchange = this.#exchange;
    exchange.onSpliceEnded();
    exchange.bytesIn = splice.bytesIn;
    exchange.bytesOut = splice.bytesOut;
    exchange.reason ??= splice.reason;
    this.#owner.onTunnelEnd();
  }
}

import type { Address } from '../foundation/address.ts';
import type { StreamListener } from '../listener/stream-listener.ts';
import type { ByteStream } from '../transport/transport.ts';
import { AdminConnection, type AdminServices } from './admin-connection.ts';

/** A scraper, an orchestrator's probe and a few people who look or wait; more is a mistake or an attack. */
const MAX_CONNECTIONS = 32;

/**
 * Serves metrics and the API at one address. It shares the event loop with the traffic, hence the small limits, and its
 * parser, because `node:http` would cost 17 MB of memory for a few paths.
 */
export class AdminServer {
  readonly #socket: StreamListener;
  readonly #dependencies: AdminServices;
  readonly #connections = new Set<AdminConnection>();

  /** @param socket bound already; nothing is accepted before `serve`. */
  constructor(socket: StreamListener, dependencies: AdminServices) {
    this.#socket = socket;
    this.#dependencies = dependencies;
  }

  /** Begins to accept, in place of whoever has accepted at this address so far. */
  serve(): void {
    this.#socket.serve(this.#accept);
  }

  readonly #accept = (stream: ByteStream): void => {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      stream.destroy();
      return;
    }
    const forget = (connection: AdminConnection) => this.#connections.delete(connection);
    this.#connections.add(new AdminConnection(stream, this.#dependencies, forget));
  };

  get connections(): number {
    return this.#connections.size;
  }

  get address(): Address {
    return this.#socket.address;
  }

  /** As `close`, but whoever waits for an answer gets it first: it may be the one that says why. */
  retire(): Promise<void> {
    for (const connection of this.#connections) connection.retire();
    return this.#socket.release(this.#accept);
  }

  /** Stops accepting, unless somebody else serves its address by now, and cuts what is open: one may ask again. */
  close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    return this.#socket.release(this.#accept);
  }
}

import type { Address } from '../foundation/address.ts';
import { StreamListener } from '../listener/stream-listener.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { ByteStream } from '../transport/transport.ts';
import { AdminConnection, type AdminServices } from './admin-connection.ts';

/** A scraper, an orchestrator's probe and a few people; more is a mistake or an attack. */
const MAX_CONNECTIONS = 32;

export interface AdminDependencies extends AdminServices {
  readonly buffers: IoBuffers;
}

/**
 * Serves metrics, liveness and readiness; nothing here changes anything. It shares the event loop with the traffic,
 * hence the small limits, and its parser, because `node:http` would cost 17 MB of memory for three paths.
 */
export class AdminServer {
  readonly #listener: StreamListener;
  readonly #connections: ReadonlySet<AdminConnection>;

  private constructor(listener: StreamListener, connections: ReadonlySet<AdminConnection>) {
    this.#listener = listener;
    this.#connections = connections;
  }

  /** @throws LbError LISTEN_FAILED */
  static async start(address: Address, dependencies: AdminDependencies): Promise<AdminServer> {
    const connections = new Set<AdminConnection>();
    const forget = (connection: AdminConnection) => connections.delete(connection);
    const accept = (stream: ByteStream) => {
      if (connections.size >= MAX_CONNECTIONS) stream.destroy();
      else connections.add(new AdminConnection(stream, dependencies, forget));
    };
    const { buffers } = dependencies;
    return new AdminServer(
      await StreamListener.bind('admin', address, buffers, accept),
      connections,
    );
  }

  get address(): Address {
    return this.#listener.address;
  }

  /** Stops accepting and cuts what is open: nobody is hurt by asking again. */
  close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    return this.#listener.close();
  }
}

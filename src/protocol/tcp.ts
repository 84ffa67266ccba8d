import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { StreamListener } from '../listener/stream-listener.ts';
import type { Pool } from '../pool/pool.ts';
import type { ByteStream } from '../transport/transport.ts';
import { ConnectionSet } from './connection-set.ts';
import type { RunningListener } from './protocol.ts';
import { refusedConnection } from './refused-connection.ts';
import { RequestKey } from './request-key.ts';
import type { Services } from './services.ts';
import { TcpSession, type TcpSessionOwner } from './tcp-session.ts';

export interface TcpListenerOptions {
  readonly name: string;
  readonly bind: Address;
  readonly timeouts: { readonly idleMs: number };
  readonly limits: { readonly maxConnections: number };
}

/** Accepts TCP clients and copies bytes between each and a backend of one pool. */
export class TcpListener implements RunningListener, TcpSessionOwner {
  readonly name: string;
  readonly pool: Pool;
  readonly key: RequestKey | null;
  readonly idleMs: number;
  readonly #services: Services;
  readonly #limit: ConnectionLimit;
  readonly #connections = new ConnectionSet();
  #listener: StreamListener | null = null;

  private constructor(options: TcpListenerOptions, pool: Pool, services: Services) {
    this.name = options.name;
    const { key } = pool.balancer.algorithm;
    this.pool = pool;
    this.key = key === null ? null : new RequestKey(key);
    this.idleMs = options.timeouts.idleMs;
    this.#services = services;
    this.#limit = new ConnectionLimit(options.limits.maxConnections, 0, services.limit);
  }

  /** @throws LbError LISTEN_FAILED */
  static async listen(
    options: TcpListenerOptions,
    pool: Pool,
    services: Services,
  ): Promise<TcpListener> {
    const listener = new TcpListener(options, pool, services);
    const accept = (stream: ByteStream) => listener.#accept(stream);
    listener.#listener = await StreamListener.bind(
      options.name,
      options.bind,
      services.buffers,
      accept,
    );
    return listener;
  }

  get address(): Address {
    return this.#listener!.address; // bound before anybody gets the listener
  }

  get connections(): number {
    return this.#connections.size;
  }

  #accept(stream: ByteStream): void {
    const { remoteAddress } = stream;
    const refusal = this.#limit.admit(remoteAddress);
    if (refusal !== null) {
      this.#refuse(stream, refusal);
      return;
    }
    const session = new TcpSession(this, this.#services, stream);
    this.#connections.add(session);
    session.start();
  }

  #refuse(stream: ByteStream, reason: Reason): void {
    const { clock, observer } = this.#services;
    observer.onExchange(refusedConnection(this.name, 'tcp', stream, reason, clock.now()));
    stream.destroy();
  }

  forget(session: TcpSession): void {
    this.#limit.leave(session.clientAddress);
    this.#connections.delete(session);
    this.#services.observer.onExchange(session);
  }

  async drain(): Promise<void> {
    await Promise.all([this.#listener?.close(), this.#connections.drain()]);
  }

  destroy(): void {
    this.#connections.destroy();
  }
}

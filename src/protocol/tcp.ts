import type { Backend } from '../backend/backend.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import type { StreamListener } from '../listener/stream-listener.ts';
import type { Pool } from '../pool/pool.ts';
import type { ByteStream } from '../transport/transport.ts';
import { type ClientConnection, ConnectionSet } from './connection-set.ts';
import type { RunningListener } from './protocol.ts';
import { refusedConnection } from './refused-connection.ts';
import { RequestKey } from './request-key.ts';
import type { Services } from './services.ts';
import { TcpSession, type TcpSessionOwner } from './tcp-session.ts';

export interface TcpListenerOptions {
  readonly name: string;
  readonly timeouts: { readonly idleMs: number };
  readonly limits: { readonly maxConnections: number };
}

/** Accepts TCP clients and copies bytes between each and a backend of one pool. */
export class TcpListener implements RunningListener, TcpSessionOwner {
  readonly name: string;
  pool: Pool;
  key: RequestKey | null;
  idleMs: number;
  readonly #socket: StreamListener;
  readonly #services: Services;
  readonly #limit: ConnectionLimit;
  readonly #connections = new ConnectionSet();

  /** @param socket bound already; nothing is accepted before `serve`. */
  constructor(socket: StreamListener, options: TcpListenerOptions, pool: Pool, services: Services) {
    this.name = options.name;
    this.pool = pool;
    this.key = keyOf(pool);
    this.idleMs = options.timeouts.idleMs;
    this.#socket = socket;
    this.#services = services;
    this.#limit = new ConnectionLimit(options.limits.maxConnections, 0, services.limit);
  }

  /** Takes over other options, and another pool for the sessions that begin from now on. */
  update(options: TcpListenerOptions, pool: Pool): void {
    this.pool = pool;
    this.key = keyOf(pool);
    this.idleMs = options.timeouts.idleMs;
    this.#limit.max = options.limits.maxConnections;
  }

  serve(): void {
    this.#socket.serve(this.#accept);
  }

  get address(): Address {
    return this.#socket.address;
  }

  get connections(): number {
    return this.#connections.size;
  }

  sessions(backend: Backend | null): readonly ClientConnection[] {
    return this.#connections.sessions(backend);
  }

  readonly #accept = (stream: ByteStream): void => {
    const { remoteAddress } = stream;
    const refusal = this.#limit.admit(remoteAddress);
    if (refusal !== null) {
      this.#refuse(stream, refusal);
      return;
    }
    this.#services.connections.onOpened(this.name, remoteAddress, stream.remotePort);
    const session = new TcpSession(this, this.#services, stream);
    this.#connections.add(session);
    session.start();
  };

  #refuse(stream: ByteStream, reason: Reason): void {
    const services = this.#services;
    services.observer.onExchange(refusedConnection(this.name, 'tcp', stream, reason, services));
    stream.destroy();
  }

  forget(session: TcpSession): void {
    const { clientAddress, clientPort } = session;
    this.#limit.leave(clientAddress);
    this.#services.connections.onClosed(this.name, clientAddress, clientPort);
    this.#connections.delete(session);
    this.#services.observer.onExchange(session);
  }

  async drain(): Promise<void> {
    await Promise.all([this.#socket.release(this.#accept), this.#connections.drain()]);
  }

  destroy(): number {
    return this.#connections.destroy();
  }
}

function keyOf({ balancer }: Pool): RequestKey | null {
  const { key } = balancer.algorithm;
  return key === null ? null : new RequestKey(key);
}

import type { Backend } from '../backend/backend.ts';
import type { ExchangeRecord } from '../backend/observer.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { type Expirable, WheelTimer } from '../foundation/timer-wheel.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { StreamListener } from '../listener/stream-listener.ts';
import type { Pool } from '../pool/pool.ts';
import { PlainStream } from '../transport/plain.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import { type ClientConnection, ConnectionSet } from './connection-set.ts';
import type { RunningListener } from './protocol.ts';
import { refusedConnection } from './refused-connection.ts';
import type { Services } from './services.ts';
import { Splice, type SpliceOwner } from './splice.ts';

export interface TcpListenerOptions {
  readonly name: string;
  readonly bind: Address;
  readonly timeouts: { readonly idleMs: number };
  readonly limits: { readonly maxConnections: number };
}

/** Accepts TCP clients and copies bytes between each and a backend of one pool. */
export class TcpListener implements RunningListener {
  readonly name: string;
  readonly pool: Pool;
  readonly idleMs: number;
  readonly #services: Services;
  readonly #limit: ConnectionLimit;
  readonly #connections = new ConnectionSet();
  #listener: StreamListener | null = null;

  private constructor(options: TcpListenerOptions, pool: Pool, services: Services) {
    this.name = options.name;
    this.pool = pool;
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
    if (refusal === null) this.#connections.add(new TcpSession(this, this.#services, stream));
    else this.#refuse(stream, refusal);
  }

  #refuse(stream: ByteStream, reason: Reason): void {
    const { clock, observer } = this.#services;
    observer.onExchange(refusedConnection(this.name, 'tcp', stream, reason, clock.now()));
    stream.destroy();
  }

  /** A session has ended. */
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

/** One client connection of a TCP listener: finds a backend that accepts, then leaves the bytes to a splice. */
class TcpSession implements ExchangeRecord, ByteConsumer, ClientConnection, Expirable, SpliceOwner {
  readonly listener: string;
  readonly requestId = '';
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly route = '';
  readonly pool: string;
  backend: Backend | null = null;
  readonly method = '';
  readonly host = '';
  readonly path = '';
  readonly protocol = 'tcp';
  readonly status = 0;
  reason: Reason | null = null;
  readonly detail = null;
  bytesIn = 0;
  bytesOut = 0;
  readonly startedMs: number;
  endedMs = 0;
  attempts = 0;
  readonly reused = false;
  readonly #owner: TcpListener;
  readonly #services: Services;
  readonly #client: ByteStream;
  readonly #connectTimer: WheelTimer;
  #tried: readonly Backend[] = [];
  #dialled: PlainStream | null = null;
  #splice: Splice | null = null;

  constructor(owner: TcpListener, services: Services, client: ByteStream) {
    this.#owner = owner;
    this.#services = services;
    this.#client = client;
    this.listener = owner.name;
    this.pool = owner.pool.name;
    this.clientAddress = client.remoteAddress;
    this.clientPort = client.remotePort;
    this.startedMs = services.clock.now();
    this.#connectTimer = new WheelTimer(this);
    client.consumer = this;
    // Read nothing before there is somebody to pass it to.
    client.pause();
    this.#attempt(owner.pool.pick());
  }

  #attempt(backend: Backend): void {
    this.backend = backend;
    this.attempts++;
    backend.requests++;
    backend.connects++;
    backend.active++;
    const stream = new PlainStream(this.#services.buffers, new BackendDial(this), null);
    this.#dialled = stream;
    this.#services.wheel.schedule(this.#connectTimer, this.#owner.pool.options.timeouts.connectMs);
    stream.dial(backend.address);
  }

  /** The backend has accepted. */
  connected(): void {
    const backend = this.#dialled;
    if (backend === null) return;
    this.#services.wheel.cancel(this.#connectTimer);
    this.#dialled = null;
    const { wheel } = this.#services;
    this.#splice = new Splice(this.#client, backend, this, wheel, this.#owner.idleMs);
    this.#client.resume();
  }

  /** The dial failed; nothing was sent yet, so another backend may do. */
  dialFailed(reason: Reason): void {
    const failed = this.backend!; // set since the first attempt
    this.#dialled = null;
    failed.active--;
    failed.countFailure(reason);
    this.#tried = [...this.#tried, failed];
    const { pool } = this.#owner;
    const next = this.attempts > pool.options.retries.attempts ? null : pool.pickOther(this.#tried);
    if (next !== null) {
      this.#attempt(next);
      return;
    }
    this.reason = reason;
    this.#client.reset();
  }

  onDeadline(): void {
    const dialled = this.#dialled;
    this.#dialled = null;
    dialled?.destroy();
    this.dialFailed('connect_timeout');
  }

  onSpliceEnd(splice: Splice): void {
    if (this.backend !== null) this.backend.active--;
    if (splice.reason === 'backend_reset') this.backend?.countFailure('backend_reset');
    this.bytesIn = splice.bytesIn;
    this.bytesOut = splice.bytesOut;
    this.reason ??= splice.reason;
    this.#end();
  }

  /** A session has no idle moment of its own: it ends when its peers end it, or when time is up. */
  drain(): void {}

  destroy(): void {
    this.reason = 'shutdown';
    if (this.#splice !== null) this.#splice.destroy();
    else this.#client.destroy();
  }

  #end(): void {
    this.endedMs = this.#services.clock.now();
    this.#owner.forget(this);
  }

  // The client's stream, until the splice takes it.

  onBytes(): boolean {
    return false;
  }
  onEnd(): void {}
  onDrain(): void {}

  onClose(): void {
    this.#services.wheel.cancel(this.#connectTimer);
    if (this.#dialled !== null) {
      this.#dialled.destroy();
      this.#dialled = null;
      if (this.backend !== null) this.backend.active--;
      this.reason ??= 'client_closed';
    }
    this.#end();
  }
}

/** Hears of a backend's connection only until it is made. */
class BackendDial implements ByteConsumer {
  readonly #session: TcpSession;

  constructor(session: TcpSession) {
    this.#session = session;
  }

  onConnect(): void {
    this.#session.connected();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    // null: the session itself gave up waiting.
    if (error === null) return;
    this.#session.dialFailed(error.code === 'ECONNREFUSED' ? 'connect_refused' : 'connect_failed');
  }

  onBytes(): boolean {
    return false;
  }
  onEnd(): void {}
  onDrain(): void {}
}

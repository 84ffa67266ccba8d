import type { Backend } from '../backend/backend.ts';
import { type AttemptRecord, type ExchangeRecord, NO_ATTEMPTS } from '../backend/observer.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { type Expirable, WheelTimer } from '../foundation/timer-wheel.ts';
import type { Pool } from '../pool/pool.ts';
import { dial } from '../transport/dial.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import { BackendChoice, type ChoiceOwner } from './backend-choice.ts';
import type { ClientConnection, CutReason } from './connection-set.ts';
import type { RequestKey } from './request-key.ts';
import type { Services } from './services.ts';
import { Splice, type SpliceOwner } from './splice.ts';

/** What a session that waits for a backend takes from its client meanwhile; with more, it reads no further. */
const MAX_HELD_BYTES = 16 * 1024;

/** What a listener tells its sessions, and hears from them. */
export interface TcpSessionOwner {
  readonly name: string;
  readonly pool: Pool;
  /** null for an algorithm without a key. */
  readonly key: RequestKey | null;
  readonly idleMs: number;
  /** The session has ended. */
  forget(session: TcpSession): void;
}

/** One client connection of a TCP listener: finds a backend that accepts, then leaves the bytes to a splice. */
export class TcpSession
  implements ExchangeRecord, ByteConsumer, ClientConnection, ChoiceOwner, Expirable, SpliceOwner
{
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
  readonly query = '';
  readonly userAgent = '';
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
  connectMs = -1;
  readonly ttfbMs = -1;
  failedAttempts: readonly AttemptRecord[] = NO_ATTEMPTS;
  readonly generation: number;
  readonly #owner: TcpSessionOwner;
  /** The owner's when it began. */
  readonly #pool: Pool;
  readonly #services: Services;
  readonly #client: ByteStream;
  readonly #connectTimer: WheelTimer;
  readonly #choice = new BackendChoice(this);
  /** What the client has said while it waited for its turn. */
  #held: Buffer | null = null;
  /** When the present attempt began. */
  #dialledMs = 0;
  #dialled: ByteStream | null = null;
  /** Where the present attempt goes; null before the first. */
  #target: Address | null = null;
  #splice: Splice | null = null;

  constructor(owner: TcpSessionOwner, services: Services, client: ByteStream) {
    this.#owner = owner;
    this.#services = services;
    this.#client = client;
    this.listener = owner.name;
    this.#pool = owner.pool;
    this.pool = owner.pool.name;
    this.clientAddress = client.remoteAddress;
    this.clientPort = client.remotePort;
    this.startedMs = services.clock.now();
    this.generation = services.generation;
    this.#connectTimer = new WheelTimer(this);
    client.consumer = this;
    // Read nothing before there is somebody to pass it to.
    client.pause();
  }

  start(): void {
    const pool = this.#pool;
    const key = this.#owner.key?.of(null, this.clientAddress) ?? 0;
    this.#choice.begin(pool, pool.balancer, key, null);
    // Somebody who waits may leave, which only reading tells.
    if (this.#choice.waiting) this.#client.resume();
  }

  get queueMs(): number {
    return this.#choice.waitedMs;
  }

  onBackend(backend: Backend): void {
    this.#client.pause();
    this.backend = backend;
    this.attempts++;
    backend.requests++;
    backend.connects++;
    if (backend.watched) backend.watcher?.onAttempt();
    this.#dialledMs = this.#services.clock.now();
    const { connectMs } = this.#pool.options.timeouts;
    this.#services.wheel.schedule(this.#connectTimer, connectMs, this.#dialledMs);
    this.#target = backend.target;
    this.#dialled = dial(this.#services.buffers, new BackendDial(this), this.#target);
  }

  onNoBackend(reason: Reason): void {
    this.reason = reason;
    this.#client.reset();
  }

  /** The backend has accepted. */
  connected(): void {
    const stream = this.#dialled;
    if (stream === null) return;
    const { clock, wheel } = this.#services;
    const nowMs = clock.now();
    const backend = this.backend!; // the one that was dialled
    this.connectMs = nowMs - this.#dialledMs;
    backend.responseTime.observe(this.connectMs, nowMs);
    if (backend.watched) backend.watcher?.onAnswer(0, this.connectMs);
    wheel.cancel(this.#connectTimer);
    this.#dialled = null;
    this.#splice = new Splice(this.#client, stream, this, wheel);
    const held = this.#held;
    this.#held = null;
    if (held === null) this.#client.resume();
    else this.#splice.forwardFirst(held);
  }

  /** The dial failed; nothing was sent yet, so another backend may do. */
  dialFailed(reason: Reason): void {
    const failed = this.backend!; // set since the first attempt
    this.#dialled = null;
    failed.countFailure(reason);
    failed.watcher?.onFailure(reason);
    const elsewhere = this.#target !== null && failed.endpoint.avoid(this.#target);
    const nowMs = this.#services.clock.now();
    const { connectMs } = this.#pool.options.timeouts;
    const durationMs = nowMs - this.#dialledMs;
    failed.observeSilence(durationMs, connectMs, nowMs);
    const attempt = { backend: failed.name, reason, durationMs, reused: false };
    this.failedAttempts = [...this.failedAttempts, attempt];
    if (this.#choice.retry(failed, { reason, unsent: true, elsewhere, raced: false, nowMs })) {
      if (this.#choice.waiting) this.#client.resume();
      return;
    }
    this.#choice.release();
    this.reason = reason;
    this.#client.reset();
  }

  onDeadline(): void {
    const dialled = this.#dialled;
    this.#dialled = null;
    dialled?.destroy();
    this.dialFailed('connect_timeout');
  }

  get idleMs(): number {
    return this.#owner.idleMs;
  }

  onSpliceEnd(splice: Splice): void {
    this.#choice.release();
    if (splice.reason === 'backend_reset') this.backend?.countFailure('backend_reset');
    this.bytesIn = splice.bytesIn;
    this.bytesOut = splice.bytesOut;
    this.reason ??= splice.reason;
    this.#end();
  }

  get joinedTo(): Backend | null {
    return this.#splice === null ? null : this.backend;
  }

  /** A session has no idle moment of its own: it ends when its peers end it, or when time is up. */
  drain(): void {}

  destroy(reason: CutReason): boolean {
    this.reason = reason;
    if (this.#splice !== null) this.#splice.destroy();
    else this.#client.destroy();
    return true;
  }

  #end(): void {
    this.endedMs = this.#services.clock.now();
    this.#owner.forget(this);
  }

  // The client's stream, until the splice takes it; read only while the session waits for its turn.

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    const bytes = buffer.subarray(start, end);
    this.#held = this.#held === null ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    return this.#held.length < MAX_HELD_BYTES;
  }

  /** Half-closed or gone looks the same from here: nobody is kept a place who may not be there. */
  onEnd(): void {
    this.#client.reset();
  }

  onDrain(): void {}

  onClose(): void {
    this.#services.wheel.cancel(this.#connectTimer);
    const unserved = this.#choice.waiting || this.#dialled !== null;
    if (unserved) this.reason ??= 'client_closed';
    this.#dialled?.destroy();
    this.#dialled = null;
    this.#choice.release();
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

import type { Reason } from '../foundation/reason.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';

export interface SpliceOwner {
  /** Longest time without a byte either way. Read for each wait: a reload may change it. */
  readonly idleMs: number;
  /** Told once, when both streams are closed. */
  onSpliceEnd(splice: Splice): void;
}

/** What can break a splice. */
export type SpliceReason = Extract<Reason, 'client_closed' | 'backend_reset' | 'idle_timeout'>;

/**
 * Two streams copied both ways until both have said FIN, one breaks, or no byte moves for too long. A FIN is passed
 * on and the other direction goes on, so a client that has sent all it has still gets its answer.
 */
export class Splice implements Expirable {
  readonly client: ByteStream;
  readonly backend: ByteStream;
  /** Bytes from the client to the backend, and back. */
  bytesIn = 0;
  bytesOut = 0;
  /** What broke it; null when both sides ended in order. */
  reason: SpliceReason | null = null;
  readonly #owner: SpliceOwner;
  readonly #wheel: TimerWheel;
  readonly #timer: WheelTimer;
  #open = 2;

  /** Takes both streams over. */
  constructor(client: ByteStream, backend: ByteStream, owner: SpliceOwner, wheel: TimerWheel) {
    this.client = client;
    this.backend = backend;
    this.#owner = owner;
    this.#wheel = wheel;
    this.#timer = new WheelTimer(this);
    client.consumer = new SpliceSide(this, backend, true);
    backend.consumer = new SpliceSide(this, client, false);
    this.touch();
  }

  /** Sends on what the client had said before the splice began. */
  forwardFirst(bytes: Buffer): void {
    this.bytesIn += bytes.length;
    if (this.backend.write(bytes, 0, bytes.length)) this.client.resume();
  }

  touch(): void {
    this.#wheel.schedule(this.#timer, this.#owner.idleMs);
  }

  onDeadline(): void {
    this.#breakOff('idle_timeout');
  }

  /** Cuts both sides. */
  destroy(): void {
    this.client.destroy();
    this.backend.destroy();
  }

  /** One side is gone; unless it left in order, so must the other be, and visibly. */
  closed(fromClient: boolean, error: NodeJS.ErrnoException | null): void {
    this.#open--;
    if (error !== null) this.#breakOff(fromClient ? 'client_closed' : 'backend_reset');
    if (this.#open > 0) return;
    this.#wheel.cancel(this.#timer);
    this.#owner.onSpliceEnd(this);
  }

  #breakOff(reason: SpliceReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.client.reset();
    this.backend.reset();
  }
}

/** Reads one stream of a splice and writes the other. */
class SpliceSide implements ByteConsumer {
  readonly #splice: Splice;
  readonly #to: ByteStream;
  readonly #isClient: boolean;

  constructor(splice: Splice, to: ByteStream, isClient: boolean) {
    this.#splice = splice;
    this.#to = to;
    this.#isClient = isClient;
  }

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    if (this.#isClient) this.#splice.bytesIn += end - start;
    else this.#splice.bytesOut += end - start;
    this.#splice.touch();
    return this.#to.write(buffer, start, end);
  }

  onEnd(): void {
    this.#to.end();
  }

  /** What this stream was behind with has gone out: the other may be read again. */
  onDrain(): void {
    this.#splice.touch();
    this.#to.resume();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#splice.closed(this.#isClient, error);
    // Closed without FIN from both ends (destroyed from outside): nothing more can come of the other.
    if (error === null) this.#to.endAndDestroy();
  }
}

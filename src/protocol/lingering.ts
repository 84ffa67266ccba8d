import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';

/** How long, and how much, a client may go on sending after it was refused. */
const LINGER_MS = 5000;
const LINGER_BYTES = 16 * 1024 * 1024;

/**
 * Closes a connection whose client may still be sending: says FIN, then reads and forgets until the client has read
 * its answer and closes. Closing at once would reset the connection and take the answer away (RFC 9112 §9.6).
 */
export class Lingering implements ByteConsumer, Expirable {
  readonly #stream: ByteStream;
  readonly #wheel: TimerWheel;
  readonly #former: ByteConsumer;
  readonly #timer = new WheelTimer(this);
  #bytes = 0;

  /** Takes the stream over. @param former is told when it has closed. */
  constructor(stream: ByteStream, wheel: TimerWheel, former: ByteConsumer) {
    this.#stream = stream;
    this.#wheel = wheel;
    this.#former = former;
    stream.consumer = this;
    stream.end();
    stream.resume();
    wheel.schedule(this.#timer, LINGER_MS);
  }

  onBytes(_buffer: Buffer, start: number, end: number): boolean {
    this.#bytes += end - start;
    if (this.#bytes > LINGER_BYTES) this.#stream.destroy();
    return true;
  }

  onEnd(): void {
    this.#stream.endAndDestroy();
  }

  onDrain(): void {}

  onDeadline(): void {
    this.#stream.destroy();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#wheel.cancel(this.#timer);
    this.#former.onClose(error);
  }
}

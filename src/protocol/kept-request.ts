import type { ByteWriter } from '../foundation/byte-writer.ts';
import type { SpareBuffers } from '../transport/spare-buffers.ts';
import type { ByteStream } from '../transport/transport.ts';

/**
 * The bytes of one request, as they leave, for as long as they may have to be sent, or sent again: all of them while
 * nobody has taken any (the client is not read further meanwhile, so that is one read), and up to a limit afterwards.
 *
 * Hot: the bytes of nearly every request fit into a spare buffer, so keeping them costs a copy and no allocation.
 */
export class KeptRequest {
  readonly #spares: SpareBuffers;
  #bytes: Buffer | null = null;
  #length = 0;
  #limit = 0;

  constructor(spares: SpareBuffers) {
    this.#spares = spares;
  }

  /** Nothing is kept. */
  get empty(): boolean {
    return this.#length === 0;
  }

  /** The whole request so far is kept, and may be sent again although a backend may have read it. */
  get repeatable(): boolean {
    return this.#limit > 0 && this.#length > 0;
  }

  /** A request begins. @param limit bytes kept although a backend may have read them; 0: none. */
  begin(limit: number): void {
    this.forget();
    this.#limit = limit;
  }

  /** The request will not be sent again, whatever happens. */
  forget(): void {
    const bytes = this.#bytes;
    this.#limit = 0;
    if (bytes === null) return;
    if (bytes.length === this.#spares.size) this.#spares.release(bytes);
    this.#bytes = null;
    this.#length = 0;
  }

  /** Takes over what was gathered: there is nobody yet to send it to. */
  hold(out: ByteWriter): void {
    this.#append(out.buffer, 0, out.length);
    out.length = 0;
  }

  /** Bytes at [start, end) are sent: keeps a copy while it may. */
  sent(buffer: Buffer, start: number, end: number): void {
    if (this.#limit === 0) return;
    if (this.#length + end - start <= this.#limit) this.#append(buffer, start, end);
    else this.forget();
  }

  /** Sends what is kept, by way of the empty writer; answers as the stream. */
  sendTo(stream: ByteStream, out: ByteWriter): boolean {
    const bytes = this.#bytes;
    if (bytes === null) return true;
    const length = this.#length;
    const fits = length <= out.room;
    if (fits) out.copy(bytes, 0, length);
    // The kernel may read from what does not fit for a while: too large to be a spare one, it is nobody else's.
    const taken = fits ? stream.flush(out) : stream.write(bytes, 0, length);
    if (length > this.#limit) this.forget();
    return taken;
  }

  #append(buffer: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    buffer.copy(this.#makeRoom(length), this.#length, start, end);
    this.#length = length;
  }

  #makeRoom(length: number): Buffer {
    const present = this.#bytes;
    if (present !== null && present.length >= length) return present;
    const { size } = this.#spares;
    const larger = length <= size ? this.#spares.take() : Buffer.allocUnsafeSlow(length * 2);
    present?.copy(larger, 0, 0, this.#length);
    if (present?.length === size) this.#spares.release(present);
    this.#bytes = larger;
    return larger;
  }
}

import type { ByteWriter } from '../foundation/byte-writer.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { ByteStream } from '../transport/transport.ts';
import { KeptRequest } from './kept-request.ts';

/**
 * One request on its way to a backend. What one read of the client brings is gathered in the process-wide writer and
 * leaves in one write at its end; what may have to be sent again is kept. One per exchange, used again for every request.
 */
export class OutgoingRequest {
  readonly kept: KeptRequest;
  readonly #out: ByteWriter;
  /** Bytes of this request are in the writer. */
  #gathering = false;

  constructor(buffers: IoBuffers) {
    this.kept = new KeptRequest(buffers.requests);
    this.#out = buffers.out;
  }

  get gathering(): boolean {
    return this.#gathering;
  }

  /** The head has been written to the writer. @param limit see `KeptRequest.begin`. */
  begin(limit: number): void {
    this.kept.begin(limit);
    this.#gathering = true;
  }

  /**
   * Body bytes: gathered behind what is gathered already, or sent at once.
   *
   * @param stream where to; null while there is nobody connected.
   * @returns whether they were sent.
   */
  addBody(stream: ByteStream | null, buffer: Buffer, start: number, end: number): boolean {
    const out = this.#out;
    const fits = end - start <= out.room;
    if (stream !== null && !(this.#gathering && fits)) {
      this.kept.sent(out.buffer, 0, out.length);
      this.kept.sent(buffer, start, end);
      stream.write(buffer, start, end);
      return true;
    }
    if (!fits) this.kept.hold(out);
    this.#gathering = true;
    out.copy(buffer, start, end);
    return false;
  }

  /** Framing of lb's own: gathered. */
  addText(text: string): void {
    this.#gathering = true;
    this.#out.text(text);
  }

  /** Sends what was gathered; answers as the stream. */
  flush(stream: ByteStream): boolean {
    this.#gathering = false;
    this.kept.sent(this.#out.buffer, 0, this.#out.length);
    return stream.flush(this.#out);
  }

  /** Takes what was gathered out of the writer: there is nobody yet to send it to. */
  hold(): void {
    this.#gathering = false;
    this.kept.hold(this.#out);
  }

  /** Sends what is kept, from the beginning; answers as the stream. */
  sendKept(stream: ByteStream): boolean {
    return this.kept.sendTo(stream, this.#out);
  }

  /** Forgets what was gathered: nobody will take it. */
  discard(): void {
    if (this.#gathering) this.#out.length = 0;
    this.#gathering = false;
  }
}

import { ByteWriter } from '../foundation/byte-writer.ts';
import { SpareBuffers } from './spare-buffers.ts';
import { TurnWrites } from './turn-writes.ts';

/**
 * One read of a socket. CPU per MiB over nginx's, for 16, 32, 48 and 64 KiB: up 0.92, 0.70, 0.70, 1.36; down 1.02, 0.87,
 * 0.95, 1.28; TCP one way 1.21, 0.96, 0.88, 0.90. The buffers of a dozen streams must stay in the processor's cache.
 */
export const READ_BYTES = 32 * 1024;
/** A whole head of the largest size allowed, with edits, and a whole read behind it. */
const WRITE_BYTES = 144 * 1024;
const MAX_SPARE = 64;
/** Nearly every request head, with what lb adds to it. */
const REQUEST_BYTES = 2 * 1024;
/** Half a MiB: requests in flight beyond these allocate. */
const MAX_SPARE_REQUESTS = 256;

/**
 * The buffers all streams of a process share. A thousand idle connections need one read buffer, not a thousand: its
 * bytes are consumed or copied before the next read. Only streams in the middle of bulk data have one of their own.
 */
export class IoBuffers {
  /** Every stream reads into this one unless it has a buffer of its own. */
  readonly shared: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  /** Where heads and small bodies are gathered before a write. */
  readonly out: ByteWriter = new ByteWriter(WRITE_BYTES);
  readonly turnWrites: TurnWrites = new TurnWrites();
  /** For requests that may have to be sent again. */
  readonly requests: SpareBuffers = new SpareBuffers(REQUEST_BYTES, MAX_SPARE_REQUESTS);
  readonly #reads = new SpareBuffers(READ_BYTES, MAX_SPARE);
  readonly #writes = new SpareBuffers(WRITE_BYTES, MAX_SPARE);

  takeRead(): Buffer {
    return this.#reads.take();
  }

  releaseRead(buffer: Buffer): void {
    this.#reads.release(buffer);
  }

  /** Gives the writer another buffer, since the kernel still reads from the present one; returns the present one. */
  swapWriteBuffer(): Buffer {
    const { out } = this;
    const lent = out.buffer;
    out.buffer = this.#writes.take();
    return lent;
  }

  releaseWrite(buffer: Buffer): void {
    this.#writes.release(buffer);
  }
}

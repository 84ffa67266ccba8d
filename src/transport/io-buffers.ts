import { ByteWriter } from '../foundation/byte-writer.ts';
import { TurnWrites } from './turn-writes.ts';

/** One read of a socket. Larger reads do not lower the cost per byte; smaller ones raise it. */
export const READ_BYTES = 64 * 1024;
/** A whole head of the largest size allowed, with edits, and a whole read behind it. */
const WRITE_BYTES = 2 * READ_BYTES + 16 * 1024;
const MAX_SPARE = 64;

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
  readonly #spareReads: Buffer[] = [];
  readonly #spareWrites: Buffer[] = [];

  takeRead(): Buffer {
    return this.#spareReads.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
  }

  releaseRead(buffer: Buffer): void {
    if (this.#spareReads.length < MAX_SPARE) this.#spareReads.push(buffer);
  }

  /** Gives the writer another buffer, since the kernel still reads from the present one; returns the present one. */
  swapWriteBuffer(): Buffer {
    const { out } = this;
    const lent = out.buffer;
    out.buffer = this.#spareWrites.pop() ?? Buffer.allocUnsafeSlow(WRITE_BYTES);
    return lent;
  }

  releaseWrite(buffer: Buffer): void {
    if (this.#spareWrites.length < MAX_SPARE) this.#spareWrites.push(buffer);
  }
}

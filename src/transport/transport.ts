import type { ByteWriter } from '../foundation/byte-writer.ts';

/** Receives what a stream reads. Every method may write to, pause, end or destroy any stream, this one too. */
export interface ByteConsumer {
  /**
   * Bytes have arrived at [start, end) of `buffer`, which is reused: consume or copy them before returning, or pass
   * them to another stream's `write` and return its answer.
   *
   * @returns false to stop reading until `resume`.
   */
  onBytes(buffer: Buffer, start: number, end: number): boolean;
  /** The peer will send no more (FIN); it may still read. */
  onEnd(): void;
  /** A dialled stream is connected. */
  onConnect?(): void;
  /** Everything written is with the kernel again, after `write` or `flush` answered false. */
  onDrain(): void;
  /** Told exactly once, last. `error` is null for an orderly close or a `destroy` of our own. */
  onClose(error: NodeJS.ErrnoException | null): void;
}

/** A stream of bytes both ways: a plain socket today; TLS or an HTTP/2 stream would be another. */
export interface ByteStream {
  /** Who is told; replaced when a connection changes hands, as after a 101. */
  consumer: ByteConsumer;
  /** Bytes written that the kernel has not taken. */
  readonly pending: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /**
   * @returns false when the kernel did not take all: send nothing more and leave `buffer` alone until `onDrain`.
   *   A buffer that came from the stream's own reads is safe: bytes in the shared one are copied first.
   */
  write(buffer: Buffer, start: number, end: number): boolean;
  /** Writes what `out` holds and empties it; answers as `write`. */
  flush(out: ByteWriter): boolean;
  resume(): void;
  pause(): void;
  /** Sends FIN after what was written; reading goes on. */
  end(): void;
  /** Closes both ways as soon as what was written is with the kernel. */
  endAndDestroy(): void;
  destroy(): void;
  /** Destroys with RST, so that the peer cannot take what it has for complete. */
  reset(): void;
}

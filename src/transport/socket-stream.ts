import type { Socket } from 'node:net';
import type { ByteWriter } from '../foundation/byte-writer.ts';
import type { IoBuffers } from './io-buffers.ts';
import { peerOf } from './peer.ts';
import type { ByteConsumer, ByteStream } from './transport.ts';

/** Written behind a pending write, to be told when that one is done. */
const NOTHING = Buffer.alloc(0);

/**
 * A connection by way of `net.Socket` and nothing undocumented, for a Node whose inside lb does not know
 * (uv-handle.ts). Reads and writes allocate.
 */
export class SocketStream implements ByteStream {
  consumer: ByteConsumer;
  readonly #buffers: IoBuffers;
  readonly #socket: Socket;
  /** A write or flush answered false and `onDrain` is owed. */
  #drainOwed = false;
  #error: NodeJS.ErrnoException | null = null;
  #remoteAddress: string | null = null;

  /** @param socket with `allowHalfOpen`, connected or about to be. */
  constructor(buffers: IoBuffers, consumer: ByteConsumer, socket: Socket) {
    this.#buffers = buffers;
    this.consumer = consumer;
    this.#socket = socket;
    buffers.turnWrites.openStreams++;
    socket.setNoDelay(true);
    socket.on('connect', () => this.consumer.onConnect?.());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.consumer.onEnd());
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => this.#closed());
  }

  get pending(): boolean {
    return this.#socket.writableLength > 0;
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= peerOf(this.#socket.remoteAddress);
    return this.#remoteAddress;
  }

  get remotePort(): number {
    return this.#socket.remotePort ?? 0;
  }

  write(buffer: Buffer, start: number, end: number): boolean {
    this.flush(this.#buffers.out);
    return this.#send(buffer.subarray(start, end));
  }

  flush(out: ByteWriter): boolean {
    const { length } = out;
    if (length === 0) return !this.#drainOwed;
    out.length = 0;
    return this.#send(Buffer.from(out.buffer.subarray(0, length)));
  }

  #send(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (socket.destroyed || !socket.writable) return true;
    socket.write(bytes);
    if (socket.writableLength === 0) return true;
    if (!this.#drainOwed) {
      this.#drainOwed = true;
      socket.write(NOTHING, () => this.#drained());
    }
    return false;
  }

  #drained(): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > 0) {
      this.#socket.write(NOTHING, () => this.#drained());
      return;
    }
    this.#drainOwed = false;
    this.consumer.onDrain();
  }

  resume(): void {
    this.#socket.resume();
  }

  pause(): void {
    this.#socket.pause();
  }

  end(): void {
    this.#socket.end();
  }

  endAndDestroy(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    const socket = this.#socket;
    // Only TCP knows RST: a Unix socket (no port) can but close. While a FIN is on its way libuv refuses it, and
    // the socket, which has let go of its handle by then, would leave that open for good.
    const isTcp = !socket.connecting && socket.remotePort !== undefined;
    const isFinOnItsWay =
      socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished;
    if (isTcp && !isFinOnItsWay) socket.resetAndDestroy();
    else socket.destroy();
  }

  /** The chunk is nobody else's. */
  #read(chunk: Buffer): void {
    if (!this.consumer.onBytes(chunk, 0, chunk.length)) this.#socket.pause();
  }

  #closed(): void {
    this.#buffers.turnWrites.openStreams--;
    this.consumer.onClose(this.#error);
  }
}

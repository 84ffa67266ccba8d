import { Socket } from 'node:net';
import type { ByteWriter } from '../foundation/byte-writer.ts';
import { type IoBuffers, READ_BYTES } from './io-buffers.ts';
import type { ByteConsumer, ByteStream } from './transport.ts';

/** A read this large says that more follows: the stream gets a buffer of its own. */
const BULK_BYTES = READ_BYTES / 2;
/** Below it a stream gives its buffer back. */
const CALM_BYTES = READ_BYTES / 8;
/** Up to this size a write is copied rather than lent when it has to wait. */
const SMALL_WRITE_BYTES = 16 * 1024;
/** Up to this size a write waits for the end of the turn: two such share one slab of Node's buffer pool. */
const DEFERRED_BYTES = 4 * 1024 - 1;

/** What `node:net` knows an accepted connection by before it makes a socket of it; opaque to lb. */
export type SocketHandle = object;

/** Written behind a pending write, to be told when that one is done. */
const NOTHING = Buffer.alloc(0);

/**
 * A TCP or Unix socket that reads into buffers of lb's choosing (`onread`), so that no memory is allocated per read.
 *
 * While a write is pending the stream it came from is paused, so each direction holds at most one buffer: that is the
 * whole of back-pressure.
 */
export class PlainStream implements ByteStream {
  consumer: ByteConsumer;
  readonly #buffers: IoBuffers;
  readonly #socket: OwnedSocket;
  /** Read buffer of this stream alone, while it carries bulk data. */
  #own: Buffer | null = null;
  /** Write buffer the kernel has not read to the end. */
  #lent: Buffer | null = null;
  /** Bytes that go out at the end of this turn of the event loop. */
  #deferred: Buffer | null = null;
  /** A write or flush answered false and `onDrain` is owed. */
  #drainOwed = false;
  #error: NodeJS.ErrnoException | null = null;
  #remoteAddress: string | null = null;

  /** @param origin an accepted connection, or null for a stream that will be dialled. */
  constructor(buffers: IoBuffers, consumer: ByteConsumer, origin: SocketHandle | Socket | null) {
    this.#buffers = buffers;
    this.consumer = consumer;
    const socket = (origin instanceof Socket ? origin : this.#makeSocket(origin)) as OwnedSocket;
    this.#socket = socket;
    buffers.turnWrites.openStreams++;
    socket.stream = this;
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onClose);
    if (origin !== null) socket.setNoDelay(true);
    if (origin === socket) socket.on('data', onData);
  }

  #makeSocket(handle: SocketHandle | null): Socket {
    const options = {
      allowHalfOpen: true,
      // Never reached: back-pressure is "a write is pending", and below the mark `net` skips a tick per write.
      highWaterMark: 2 ** 30,
      onread: { buffer: this.#buffers.giveNextRead, callback: onRead },
    };
    this.#buffers.nextRead = this.#buffers.shared;
    return new Socket(handle === null ? options : { ...options, ...asOption(handle) });
  }

  /** Starts connecting; `onConnect` or `onClose` follows. */
  dial(address: { host: string; port: number } | { path: string }): void {
    this.#buffers.nextRead = this.#buffers.shared;
    this.#socket.on('connect', onConnect);
    this.#socket.connect(address);
  }

  get pending(): boolean {
    return this.#socket.writableLength > 0;
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= withoutMapping(this.#socket.remoteAddress ?? '');
    return this.#remoteAddress;
  }

  get remotePort(): number {
    return this.#socket.remotePort ?? 0;
  }

  write(buffer: Buffer, start: number, end: number): boolean {
    const { out } = this.#buffers;
    if (out.length > 0 || buffer === this.#buffers.shared) {
      if (out.room < end - start) this.flush(out);
      out.copy(buffer, start, end);
      return this.flush(out);
    }
    this.sendDeferred();
    return this.#send(buffer.subarray(start, end));
  }

  flush(out: ByteWriter): boolean {
    const { length } = out;
    if (length === 0) return !this.#drainOwed;
    out.length = 0;
    const socket = this.#socket;
    this.sendDeferred();
    const waiting = socket.connecting || socket.writableLength > 0;
    if (length <= DEFERRED_BYTES && !waiting && this.#buffers.turnWrites.defer(this)) {
      this.#deferred = copyOf(out.buffer, length);
      return true;
    }
    if (length <= SMALL_WRITE_BYTES && waiting) return this.#send(copyOf(out.buffer, length));
    const sent = this.#send(out.buffer.subarray(0, length));
    if (!sent && socket.writableLength > 0) {
      const lent = this.#buffers.swapWriteBuffer();
      // A second pending write is rare (a head behind a body); its buffer is left to the garbage collector.
      this.#lent ??= lent;
    }
    return sent;
  }

  sendDeferred(): void {
    const deferred = this.#deferred;
    if (deferred === null) return;
    this.#deferred = null;
    this.#send(deferred);
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

  resume(): void {
    this.#socket.resume();
  }

  pause(): void {
    this.#socket.pause();
  }

  end(): void {
    this.sendDeferred();
    this.#socket.end();
  }

  endAndDestroy(): void {
    this.sendDeferred();
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    const socket = this.#socket;
    // Only TCP knows RST: a Unix socket (no port) can but close.
    if (socket.destroyed || socket.connecting || socket.remotePort === undefined) socket.destroy();
    else socket.resetAndDestroy();
  }

  // The rest is called by the socket's event functions below.

  read(count: number, buffer: Buffer): boolean {
    const goOn = this.consumer.onBytes(buffer, 0, count);
    if (this.#own === null) {
      if (count >= BULK_BYTES) this.#readInto(this.#buffers.takeRead());
    } else if (goOn && count < CALM_BYTES) {
      this.#buffers.releaseRead(this.#own);
      this.#readInto(null);
    }
    return goOn;
  }

  #readInto(own: Buffer | null): void {
    this.#own = own;
    this.#buffers.nextRead = own ?? this.#buffers.shared;
  }

  /** A read without `onread`: the chunk is nobody else's. */
  readChunk(chunk: Buffer): void {
    if (!this.consumer.onBytes(chunk, 0, chunk.length)) this.#socket.pause();
  }

  ended(): void {
    this.consumer.onEnd();
  }

  connected(): void {
    this.#socket.setNoDelay(true);
    this.consumer.onConnect?.();
  }

  #drained(): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > 0) {
      this.#socket.write(NOTHING, () => this.#drained());
      return;
    }
    this.#drainOwed = false;
    if (this.#lent !== null) this.#buffers.releaseWrite(this.#lent);
    this.#lent = null;
    this.consumer.onDrain();
  }

  failed(error: NodeJS.ErrnoException): void {
    this.#error = error;
  }

  closed(): void {
    this.#buffers.turnWrites.openStreams--;
    // Another stream may still be writing from it: left to the garbage collector.
    this.#own = null;
    this.#lent = null;
    this.consumer.onClose(this.#error);
  }
}

/** From Node's pool: nobody else keeps the bytes, and they pin no more than a slab. */
function copyOf(buffer: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  buffer.copy(copy, 0, 0, length);
  return copy;
}

interface OwnedSocket extends Socket {
  stream: PlainStream;
}

// One function per event for all sockets: no closure per connection.
function onRead(this: unknown, count: number, buffer: Uint8Array): boolean {
  return (this as OwnedSocket).stream.read(count, buffer as Buffer); // net calls it on the socket, with our buffer
}
function onEnd(this: OwnedSocket): void {
  this.stream.ended();
}
function onConnect(this: OwnedSocket): void {
  this.stream.connected();
}
function onData(this: OwnedSocket, chunk: Buffer): void {
  this.stream.readChunk(chunk);
}
function onError(this: OwnedSocket, error: Error): void {
  this.stream.failed(error);
}
function onClose(this: OwnedSocket): void {
  this.stream.closed();
}

/** IPv4 clients of a dual-stack listener appear as `::ffff:1.2.3.4`. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** `handle` is the one option of `Socket` that lb uses and the documentation does not name (see accept.ts). */
function asOption(handle: SocketHandle): object {
  return { handle };
}

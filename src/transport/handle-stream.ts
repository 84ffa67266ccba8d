import { getSystemErrorName } from 'node:util';
import type { ByteWriter } from '../foundation/byte-writer.ts';
import { type IoBuffers, READ_BYTES } from './io-buffers.ts';
import { peerOf } from './peer.ts';
import type { ByteConsumer, ByteStream } from './transport.ts';
import {
  type ShutdownRequest,
  UV_EOF,
  type UvHandle,
  type UvStreams,
  type WriteRequest,
} from './uv-handle.ts';

/** A read this large says that more follows: the stream gets a buffer of its own. */
const BULK_BYTES = READ_BYTES / 2;
/** Below it a stream gives its buffer back. */
const CALM_BYTES = READ_BYTES / 8;
/** Up to this size a write is copied rather than lent when it has to wait. */
const SMALL_WRITE_BYTES = 16 * 1024;

/**
 * A TCP or Unix connection on libuv's own handle: reads into buffers of lb's choosing and writes from them, so that
 * neither a read nor a write allocates anything but a view.
 *
 * While a write is pending the stream it came from is paused, so each direction holds at most one buffer: that is the
 * whole of back-pressure.
 */
export class HandleStream implements ByteStream {
  consumer: ByteConsumer;
  readonly #uv: UvStreams;
  readonly #buffers: IoBuffers;
  readonly #handle: UvHandle;
  /** Read buffer of this stream alone, while it carries bulk data. */
  #own: Buffer | null = null;
  /** Write buffer the kernel has not read to the end. */
  #lent: Buffer | null = null;
  /** Bytes that go out at the end of this turn of the event loop. */
  #deferred: Buffer | null = null;
  /** Writes the kernel has not taken whole. */
  #writes = 0;
  /** A write or flush answered false and `onDrain` is owed. */
  #drainOwed = false;
  #connecting = false;
  /** The peer has said FIN. */
  #readEnded = false;
  /** We have said FIN, or shall when what was written is with the kernel. */
  #writeEnded = false;
  /** Our FIN is with the kernel. */
  #finSent = false;
  /** To be closed when what was written is with the kernel. */
  #closeWhenWritten = false;
  #closed = false;
  #error: NodeJS.ErrnoException | null = null;
  #remoteAddress: string | null = null;
  #remotePort = 0;

  /** Takes the handle over; `start` or `connecting` must follow. */
  constructor(uv: UvStreams, buffers: IoBuffers, consumer: ByteConsumer, handle: UvHandle) {
    this.#uv = uv;
    this.#buffers = buffers;
    this.consumer = consumer;
    this.#handle = handle;
    buffers.turnWrites.openStreams++;
    handle.stream = this;
    handle.onread = onRead;
    handle.useUserBuffer(buffers.shared);
  }

  /** The handle is connected: begins to read. */
  start(): void {
    this.#handle.setNoDelay?.(true);
    this.#handle.readStart();
  }

  /** The handle is being connected; `connected` must follow. */
  connecting(): void {
    this.#connecting = true;
  }

  /** @param status 0, or the error number of libuv. */
  connected(status: number): void {
    if (this.#closed) return;
    this.#connecting = false;
    if (status !== 0) {
      this.#fail(status, 'connect');
      return;
    }
    this.start();
    if (this.#writeEnded && this.#writes === 0) this.#sendFin();
    this.consumer.onConnect?.();
  }

  get pending(): boolean {
    return this.#writes > 0;
  }

  get remoteAddress(): string {
    if (this.#remoteAddress === null) this.#lookUpPeer();
    return this.#remoteAddress ?? '';
  }

  get remotePort(): number {
    if (this.#remoteAddress === null) this.#lookUpPeer();
    return this.#remotePort;
  }

  #lookUpPeer(): void {
    const name: { address?: string; port?: number } = {};
    if (!this.#closed) this.#handle.getpeername?.(name);
    this.#remoteAddress = peerOf(name.address);
    this.#remotePort = name.port ?? 0;
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
    this.sendDeferred();
    const waiting = this.#connecting || this.#writes > 0;
    if (!waiting) {
      this.#deferred = this.#buffers.turnWrites.defer(this, out.buffer, length);
      if (this.#deferred !== null) return true;
    }
    if (length <= SMALL_WRITE_BYTES && waiting) return this.#send(copyOf(out.buffer, length));
    const sent = this.#send(out.buffer.subarray(0, length));
    if (!sent) {
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
    if (!this.#send(deferred)) this.#buffers.turnWrites.lend();
  }

  #send(bytes: Buffer): boolean {
    if (this.#closed || this.#writeEnded) return true;
    const dispatched = this.#handle.writeBuffer(null, bytes);
    if (dispatched === 0) return true;
    if (typeof dispatched === 'number') {
      this.#fail(dispatched, 'write');
      return true;
    }
    dispatched.stream = this;
    dispatched.buffer = bytes;
    dispatched.oncomplete = onWritten;
    this.#writes++;
    this.#drainOwed = true;
    return false;
  }

  resume(): void {
    if (!this.#closed && !this.#readEnded && !this.#connecting) this.#handle.readStart();
  }

  pause(): void {
    if (!this.#closed) this.#handle.readStop();
  }

  end(): void {
    this.sendDeferred();
    if (this.#closed || this.#writeEnded) return;
    this.#writeEnded = true;
    if (!this.#connecting && this.#writes === 0) this.#sendFin();
  }

  // Asked for only when what was written is with the kernel: until then the stream can still be reset.
  #sendFin(): void {
    const request = new this.#uv.ShutdownRequest();
    request.stream = this;
    request.oncomplete = onFinSent;
    // Where there is nobody left to say it to, closing is all that remains.
    if (this.#handle.shutdown(request) !== 0) this.destroy();
  }

  endAndDestroy(): void {
    this.sendDeferred();
    // Closing says FIN too.
    if (this.#writes > 0) this.#closeWhenWritten = true;
    else this.destroy();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close(onClosed);
  }

  reset(): void {
    if (this.#closed) return;
    const isFinOnItsWay = this.#writeEnded && this.#writes === 0 && !this.#finSent;
    // Only TCP knows RST. While a FIN is on its way libuv refuses it, and Node.js then takes the handle for closing: it
    // would stay open for good.
    if (this.#handle.reset === undefined || this.#connecting || isFinOnItsWay) {
      this.destroy();
      return;
    }
    this.#closed = true;
    this.#handle.reset(onClosed);
  }

  // The rest is called by the functions below, and by nobody else.

  /** @returns where to read next; undefined: where it did. */
  read(): Buffer | undefined {
    const count = this.#uv.state[this.#uv.readIndex]!; // of bytes, or an error number
    if (count > 0) return this.#readBytes(count);
    if (count === UV_EOF) this.#readEnd();
    else if (count < 0) this.#fail(count, 'read');
    return undefined;
  }

  #readBytes(count: number): Buffer | undefined {
    const goOn = this.consumer.onBytes(this.#own ?? this.#buffers.shared, 0, count);
    if (!goOn && !this.#closed) this.#handle.readStop();
    if (this.#own === null) {
      if (count < BULK_BYTES) return undefined;
      this.#own = this.#buffers.takeRead();
      return this.#own;
    }
    // Unless it goes on, another stream may still be writing from it.
    if (!goOn || count >= CALM_BYTES) return undefined;
    this.#buffers.releaseRead(this.#own);
    this.#own = null;
    return this.#buffers.shared;
  }

  #readEnd(): void {
    this.#readEnded = true;
    this.consumer.onEnd();
    if (this.#finSent) this.destroy();
  }

  written(status: number): void {
    this.#writes--;
    if (this.#closed) return;
    if (status < 0) this.#fail(status, 'write');
    else if (this.#writes === 0) this.#drained();
  }

  #drained(): void {
    if (this.#lent !== null) this.#buffers.releaseWrite(this.#lent);
    this.#lent = null;
    this.#drainOwed = false;
    if (this.#closeWhenWritten) {
      this.destroy();
      return;
    }
    if (this.#writeEnded) this.#sendFin();
    this.consumer.onDrain();
  }

  finSent(): void {
    this.#finSent = true;
    if (this.#readEnded) this.destroy();
  }

  #fail(status: number, syscall: string): void {
    if (this.#closed) return;
    const code = getSystemErrorName(status);
    this.#error = Object.assign(new Error(`${syscall} ${code}`), { code, errno: status, syscall });
    this.destroy();
  }

  closed(): void {
    this.#buffers.turnWrites.openStreams--;
    // Another stream may still be writing from it: left to the garbage collector.
    this.#own = null;
    this.#lent = null;
    this.consumer.onClose(this.#error);
  }
}

// One function per event for all handles: no closure per connection.
function onRead(this: UvHandle): Buffer | undefined {
  return (this.stream as HandleStream).read();
}
function onWritten(this: WriteRequest, status: number): void {
  (this.stream as HandleStream).written(status);
}
function onFinSent(this: ShutdownRequest): void {
  (this.stream as HandleStream).finSent();
}
function onClosed(this: UvHandle): void {
  (this.stream as HandleStream).closed();
}

function copyOf(buffer: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  buffer.copy(copy, 0, 0, length);
  return copy;
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { acceptFrom } from '../../../src/transport/accept.ts';
import { IoBuffers, READ_BYTES } from '../../../src/transport/io-buffers.ts';
import { PlainStream, type SocketHandle } from '../../../src/transport/plain.ts';
import type { ByteConsumer, ByteStream } from '../../../src/transport/transport.ts';

/** Sends back what it reads, reading no more than it can send. */
class Echo implements ByteConsumer {
  readonly stream: ByteStream;
  readonly seen = new Set<Buffer>();
  drains = 0;

  constructor(stream: ByteStream) {
    this.stream = stream;
    stream.consumer = this;
  }

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    this.seen.add(buffer);
    return this.stream.write(buffer, start, end);
  }
  onEnd(): void {
    this.stream.end();
  }
  onDrain(): void {
    this.drains++;
    this.stream.resume();
  }
  onClose(): void {}
}

const nobody: ByteConsumer = {
  onBytes: () => true,
  onEnd() {},
  onDrain() {},
  onClose() {},
};

/** A listening server whose connections arrive as lb takes them, or as `net.Server` makes them. */
async function startEcho(mode: 'handles' | 'sockets') {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const buffers = new IoBuffers();
  const echoes: Echo[] = [];
  const accept = (origin: SocketHandle) => {
    echoes.push(new Echo(new PlainStream(buffers, nobody, origin)));
  };
  // A Node whose servers have no handle to take connections from looks like this.
  const asSeen = mode === 'handles' ? server : Object.create(server, { _handle: { value: null } });
  expect(acceptFrom(asSeen as Server, accept)).toBe(mode);
  const { port } = server.address() as AddressInfo;
  return { port, buffers, echoes };
}

async function roundTrip(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.end(bytes);
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

it('takes connections as handles on this Node', async () => {
  await startEcho('handles');
});

const large = Buffer.alloc(8 * 1024 * 1024, 'The quick brown fox jumps over the lazy dog. ');

it.each(['handles', 'sockets'] as const)('carries bytes unchanged by way of %s', async (mode) => {
  const { port } = await startEcho(mode);
  expect((await roundTrip(port, Buffer.from('hello'))).toString()).toBe('hello');
  expect((await roundTrip(port, large)).equals(large)).toBe(true);
});

it('reads into the shared buffer, and into one of its own while it carries bulk data', async () => {
  const { port, buffers, echoes } = await startEcho('handles');
  await roundTrip(port, Buffer.from('hello'));
  expect([...echoes[0]!.seen]).toEqual([buffers.shared]);
  await roundTrip(port, large);
  expect(echoes[1]!.seen.size).toBe(2);
});

it('answers false while the kernel is behind, and tells when it has caught up', async () => {
  const { port, echoes } = await startEcho('handles');
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.end(large);
  // Nothing is read here until lb has stopped reading, because nobody takes what it sends.
  await expect.poll(() => echoes[0]?.stream.pending).toBe(true);
  expect(echoes[0]!.drains).toBe(0);
  let received = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  socket.resume();
  await once(socket, 'end');
  expect(received).toBe(large.length);
  expect(echoes[0]!.drains).toBeGreaterThan(0);
});

it('keeps a copy of what it cannot write before it is connected', async () => {
  const { port, buffers } = await startEcho('handles');
  let answer = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = new PlainStream(
    buffers,
    {
      ...nobody,
      onBytes(buffer, start, end) {
        answer += buffer.toString('latin1', start, end);
        if (answer.length === READ_BYTES / 2) resolve();
        return true;
      },
    },
    null,
  );
  onTestFinished(() => stream.destroy());
  stream.dial({ host: '127.0.0.1', port });
  buffers.out.text('a'.repeat(READ_BYTES / 4));
  expect(stream.flush(buffers.out)).toBe(false);
  buffers.out.text('b'.repeat(READ_BYTES / 4));
  stream.flush(buffers.out);
  buffers.out.text('overwritten');
  buffers.out.length = 0;
  await promise;
  expect(answer).toBe('a'.repeat(READ_BYTES / 4) + 'b'.repeat(READ_BYTES / 4));
});

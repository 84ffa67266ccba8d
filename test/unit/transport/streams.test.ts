import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Address } from '../../../src/foundation/address.ts';
import { acceptFrom } from '../../../src/transport/accept.ts';
import { dial } from '../../../src/transport/dial.ts';
import { IoBuffers, READ_BYTES } from '../../../src/transport/io-buffers.ts';
import type { ByteConsumer, ByteStream } from '../../../src/transport/transport.ts';
import { type UvStreams, uvStreams } from '../../../src/transport/uv-handle.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

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

/** Both ways lb takes connections: libuv's handles, and the sockets of a Node whose inside it does not know. */
const modes = ['handles', 'sockets'] as const;
type Mode = (typeof modes)[number];
const inside = (mode: Mode): UvStreams | null => (mode === 'handles' ? uvStreams : null);

async function startServer(mode: Mode, accept: (stream: ByteStream) => void, path?: string) {
  const server = createServer({ allowHalfOpen: true });
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const buffers = new IoBuffers();
  const acceptor = { accept, acceptFailed: () => undefined };
  expect(acceptFrom(server, buffers, acceptor, inside(mode))).toBe(mode);
  const { port } = server.address() as AddressInfo;
  return { port, buffers };
}

async function startEcho(mode: Mode) {
  const echoes: Echo[] = [];
  const server = await startServer(mode, (stream) => echoes.push(new Echo(stream)));
  return { ...server, echoes };
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

it('knows the inside of this Node', () => expect(uvStreams).not.toBeNull());

it('goes by sockets where servers have no handle to take connections from', () => {
  const server = Object.create(createServer(), { _handle: { value: null } }) as Server;
  const acceptor = { accept: () => undefined, acceptFailed: () => undefined };
  expect(acceptFrom(server, new IoBuffers(), acceptor)).toBe('sockets');
});

const large = Buffer.alloc(8 * 1024 * 1024, 'The quick brown fox jumps over the lazy dog. ');

it.each(modes)('carries bytes unchanged by way of %s', async (mode) => {
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

it.each(modes)(
  'answers false while the kernel of %s is behind, and tells when it has caught up',
  async (mode) => {
    const { port, echoes } = await startEcho(mode);
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
  },
);

/** What a stream tells, for tests to wait on. */
class Told implements ByteConsumer {
  text = '';
  connects = 0;
  readonly ended = Promise.withResolvers<void>();
  readonly closed = Promise.withResolvers<NodeJS.ErrnoException | null>();
  onConnect(): void {
    this.connects++;
  }
  onBytes(buffer: Buffer, start: number, end: number): boolean {
    this.text += buffer.toString('latin1', start, end);
    return true;
  }
  onEnd(): void {
    this.ended.resolve();
  }
  onDrain(): void {}
  onClose(error: NodeJS.ErrnoException | null): void {
    this.closed.resolve(error);
  }
}

function dialled(mode: Mode, address: Address, buffers = new IoBuffers()) {
  const told = new Told();
  const stream = dial(buffers, told, address, inside(mode));
  onTestFinished(() => stream.destroy());
  return { told, stream, buffers };
}

const at = (port: number, host = '127.0.0.1'): Address => ({ kind: 'tcp', host, port });

it.each(modes)('keeps a copy of what %s cannot write before it is connected', async (mode) => {
  const { port, buffers } = await startEcho(mode);
  const { told, stream } = dialled(mode, at(port), buffers);
  buffers.out.text('a'.repeat(READ_BYTES / 4));
  expect(stream.flush(buffers.out)).toBe(false);
  buffers.out.text('b'.repeat(READ_BYTES / 4));
  stream.flush(buffers.out);
  buffers.out.text('overwritten');
  buffers.out.length = 0;
  stream.end();
  await told.ended.promise;
  expect(told.text).toBe('a'.repeat(READ_BYTES / 4) + 'b'.repeat(READ_BYTES / 4));
  expect(told.connects).toBe(1);
});

it.each(modes)('%s close by themselves, once, when both sides have said FIN', async (mode) => {
  const { port } = await startEcho(mode);
  const { told, stream } = dialled(mode, at(port));
  stream.end();
  await expect(told.closed.promise).resolves.toBeNull();
  stream.destroy();
  stream.end();
  stream.resume();
  stream.pause();
  expect(stream.write(Buffer.from('late'), 0, 4)).toBe(true);
});

it.each(modes)('%s say why a connection was not made', async (mode) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { told } = dialled(mode, at(port));
  await expect(told.closed.promise).resolves.toMatchObject({ code: 'ECONNREFUSED' });
  const nowhere = dialled(mode, { kind: 'unix', path: '/nowhere/at/all' });
  await expect(nowhere.told.closed.promise).resolves.toMatchObject({ code: 'ENOENT' });
});

it.each(modes)('%s dial Unix sockets and IPv6', async (mode) => {
  const path = join(makeTempDir(), 'echo.sock');
  await startServer(mode, (stream) => void new Echo(stream), path);
  const unix = dialled(mode, { kind: 'unix', path });
  unix.stream.write(Buffer.from('over a path'), 0, 11);
  unix.stream.end();
  await unix.told.closed.promise;
  expect(unix.told.text).toBe('over a path');
  expect([unix.stream.remoteAddress, unix.stream.remotePort]).toEqual(['', 0]);

  const six = createServer((socket) => socket.end('six')).listen(0, '::1');
  await once(six, 'listening');
  onTestFinished(() => void six.close());
  const { told, stream } = dialled(mode, at((six.address() as AddressInfo).port, '::1'));
  await told.ended.promise;
  expect(told.text).toBe('six');
  stream.end();
  await told.closed.promise;
});

it.each(modes)('%s reset so that the peer sees it, and tell of a reset', async (mode) => {
  const accepted: { told: Told; stream: ByteStream }[] = [];
  const { port } = await startServer(mode, (stream) => {
    const told = new Told();
    stream.consumer = told;
    accepted.push({ told, stream });
  });
  const { told, stream } = dialled(mode, at(port));
  await expect.poll(() => accepted.length).toBe(1);
  await expect.poll(() => told.connects).toBe(1);
  const [server] = accepted as [{ told: Told; stream: ByteStream }];
  expect(server.stream.remoteAddress).toBe('127.0.0.1');
  expect(server.stream.remotePort).toBeGreaterThan(0);
  stream.reset();
  await expect(told.closed.promise).resolves.toBeNull();
  await expect(server.told.closed.promise).resolves.toMatchObject({ code: 'ECONNRESET' });
});

it.each(modes)('%s close when they are reset while their FIN is on its way', async (mode) => {
  const { port, echoes } = await startEcho(mode);
  const { told, stream } = dialled(mode, at(port));
  await expect.poll(() => told.connects).toBe(1);
  stream.end();
  stream.reset();
  await expect(told.closed.promise).resolves.toBeNull();
  await expect.poll(() => echoes.length).toBe(1);
});

/** A stream with more written to it than the kernel takes, and the peer that does not read it yet. */
async function startBehind(mode: Mode) {
  const streams: ByteStream[] = [];
  const { port } = await startServer(mode, (accepted) => streams.push(accepted));
  const peer = connect(port, '127.0.0.1');
  onTestFinished(() => void peer.destroy());
  peer.pause();
  await expect.poll(() => streams.length).toBe(1);
  const stream = streams[0]!;
  const told = new Told();
  stream.consumer = told;
  expect(stream.write(large, 0, large.length)).toBe(false);
  return { stream, told, peer };
}

async function readToEnd(peer: Socket): Promise<number> {
  let received = 0;
  peer.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  peer.resume();
  await once(peer, 'end');
  return received;
}

it.each(modes)('%s are reset rather than ended while their writes are not done', async (mode) => {
  const { stream, told, peer } = await startBehind(mode);
  stream.end();
  stream.reset();
  await expect(readToEnd(peer)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(told.closed.promise).resolves.toBeNull();
});

it.each(modes)('%s end when what was written is with the kernel', async (mode) => {
  const { stream, told, peer } = await startBehind(mode);
  stream.end();
  expect(await readToEnd(peer)).toBe(large.length);
  await expect(told.closed.promise).resolves.toBeNull();
});

it.each(modes)('%s close when what was written is with the kernel', async (mode) => {
  const { stream, told, peer } = await startBehind(mode);
  stream.endAndDestroy();
  expect(await readToEnd(peer)).toBe(large.length);
  await expect(told.closed.promise).resolves.toBeNull();
});

// More of them than may wait together, or fewer.
it.each([20, 100])(
  'sends the small writes of a turn, of %i streams, and never bytes of the next',
  async (length) => {
    const { port, buffers, echoes } = await startEcho('handles');
    const clients = Array.from({ length }, () => dialled('handles', at(port), buffers));
    await expect.poll(() => echoes.length).toBe(length);
    await expect.poll(() => clients.every(({ told }) => told.connects === 1)).toBe(true);
    const saidIn = (turn: string, n: number) => `${'-'.repeat(3000)}${turn} ${n};`;
    for (const turn of ['first', 'second']) {
      for (const [n, { stream }] of clients.entries()) {
        buffers.out.text(saidIn(turn, n));
        expect(stream.flush(buffers.out)).toBe(true);
      }
      await expect
        .poll(() => clients.every(({ told }, n) => told.text.endsWith(saidIn(turn, n))))
        .toBe(true);
    }
    expect(clients.map(({ told }) => told.text)).toEqual(
      clients.map((_, n) => saidIn('first', n) + saidIn('second', n)),
    );
  },
);

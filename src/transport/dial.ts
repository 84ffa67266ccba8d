import { connect } from 'node:net';
import type { Address } from '../foundation/address.ts';
import { HandleStream } from './handle-stream.ts';
import type { IoBuffers } from './io-buffers.ts';
import { SocketStream } from './socket-stream.ts';
import type { ByteConsumer, ByteStream } from './transport.ts';
import { type UvHandle, type UvStreams, uvStreams } from './uv-handle.ts';

/**
 * Starts connecting; the consumer's `onConnect` or `onClose` follows, never before this returns.
 *
 * @param address without a name: names are resolved beforehand, by discovery.
 */
export function dial(
  buffers: IoBuffers,
  consumer: ByteConsumer,
  address: Address,
  uv: UvStreams | null = uvStreams,
): ByteStream {
  if (uv === null) {
    const socket = connect({ ...target(address), allowHalfOpen: true });
    return new SocketStream(buffers, consumer, socket);
  }
  const { handle, connecting } = connectHandle(uv, address);
  const stream = new HandleStream(uv, buffers, consumer, handle);
  stream.connecting();
  if (connecting !== 0) setImmediate(() => stream.connected(connecting));
  return stream;
}

function target(address: Address): { path: string } | { host: string; port: number } {
  if (address.kind === 'unix') return { path: address.path };
  return { host: address.host, port: address.port };
}

/** `connecting` is 0, or the error number with which it failed at once. */
function connectHandle(
  { tcp, pipe }: UvStreams,
  address: Address,
): { handle: UvHandle; connecting: number } {
  if (address.kind === 'unix') {
    const handle = new pipe.Pipe(pipe.constants.SOCKET);
    const request = new pipe.PipeConnectWrap();
    request.oncomplete = onConnected;
    return { handle, connecting: handle.connect(request, address.path) };
  }
  const handle = new tcp.TCP(tcp.constants.SOCKET);
  const request = new tcp.TCPConnectWrap();
  request.oncomplete = onConnected;
  const { host, port } = address;
  const connecting = host.includes(':')
    ? handle.connect6(request, host, port)
    : handle.connect(request, host, port);
  return { handle, connecting };
}

function onConnected(status: number, handle: UvHandle): void {
  (handle.stream as HandleStream).connected(status);
}

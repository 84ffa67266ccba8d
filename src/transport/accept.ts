import type { Server } from 'node:net';
import { HandleStream } from './handle-stream.ts';
import type { IoBuffers } from './io-buffers.ts';
import { SocketStream } from './socket-stream.ts';
import type { ByteConsumer, ByteStream } from './transport.ts';
import { type UvHandle, type UvStreams, uvStreams } from './uv-handle.ts';

interface ListeningHandle {
  onconnection: (status: number, handle: UvHandle | undefined) => void;
}

/** Stands in until the acceptor has put its own consumer in place. */
const NOBODY: ByteConsumer = {
  onBytes: () => true,
  onEnd() {},
  onDrain() {},
  onClose() {},
};

/**
 * Hands over every connection of a listening server: as a bare handle, before `net.Server` makes a socket of it, or,
 * where the inside of Node looks different, as the server's sockets.
 *
 * @param accept owns the stream from then on and must put its consumer in place before it returns.
 * @returns which of the two is in use.
 */
export function acceptFrom(
  server: Server,
  buffers: IoBuffers,
  accept: (stream: ByteStream) => void,
  uv: UvStreams | null = uvStreams,
): 'handles' | 'sockets' {
  const listening = listeningHandle(server);
  if (uv === null || listening === null) {
    server.on('connection', (socket) => accept(new SocketStream(buffers, NOBODY, socket)));
    return 'sockets';
  }
  listening.onconnection = (status, handle) => {
    // A failed accept (the client is gone again, or no file descriptor is left) concerns that connection alone.
    if (status !== 0 || handle === undefined) return;
    const stream = new HandleStream(uv, buffers, NOBODY, handle);
    stream.start();
    accept(stream);
  };
  return 'handles';
}

function listeningHandle(server: Server): ListeningHandle | null {
  const { _handle: handle } = server as unknown as { _handle?: Partial<ListeningHandle> };
  return typeof handle?.onconnection === 'function' ? (handle as ListeningHandle) : null;
}

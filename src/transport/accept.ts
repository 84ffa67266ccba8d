import type { Server } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { HandleStream } from './handle-stream.ts';
import type { IoBuffers } from './io-buffers.ts';
import { SocketStream } from './socket-stream.ts';
import type { ByteConsumer, ByteStream } from './transport.ts';
import { type UvHandle, type UvStreams, uvStreams } from './uv-handle.ts';

interface ListeningHandle {
  onconnection: (status: number, handle: UvHandle | undefined) => void;
}

/** What is told about a listening server. */
export interface Acceptor {
  /**
   * Owns the stream from then on and must put its consumer in place before it returns.
   *
   * @param descriptor of its file; -1 where that is not known. When none is left, nobody is told: libuv takes further connections
   *   from the kernel's queue and closes them, so that the event loop does not spin.
   */
  accept(stream: ByteStream, descriptor: number): void;
  /** A connection could not be accepted, which concerns that connection alone: its client is gone again. */
  acceptFailed(code: string): void;
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
 * @returns which of the two is in use.
 */
export function acceptFrom(
  server: Server,
  buffers: IoBuffers,
  acceptor: Acceptor,
  uv: UvStreams | null = uvStreams,
): 'handles' | 'sockets' {
  const listening = listeningHandle(server);
  if (uv === null || listening === null) {
    server.on('connection', (socket) => {
      acceptor.accept(new SocketStream(buffers, NOBODY, socket), -1);
    });
    server.on('error', ({ code = '' }: NodeJS.ErrnoException) => acceptor.acceptFailed(code));
    return 'sockets';
  }
  listening.onconnection = (status, handle) => {
    if (status !== 0 || handle === undefined) {
      acceptor.acceptFailed(getSystemErrorName(status));
      return;
    }
    const stream = new HandleStream(uv, buffers, NOBODY, handle);
    stream.start();
    acceptor.accept(stream, handle.fd);
  };
  return 'handles';
}

function listeningHandle(server: Server): ListeningHandle | null {
  const { _handle: handle } = server as unknown as { _handle?: Partial<ListeningHandle> };
  return typeof handle?.onconnection === 'function' ? (handle as ListeningHandle) : null;
}

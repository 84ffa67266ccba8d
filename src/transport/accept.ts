import type { Server, Socket } from 'node:net';
import type { SocketHandle } from './plain.ts';

interface ListeningHandle {
  onconnection: (status: number, handle: SocketHandle | undefined) => void;
}

/**
 * Takes connections from a listening server as bare handles, before `net.Server` makes sockets of them: a socket made
 * there cannot read into lb's own buffers (`onread` is only for sockets one makes oneself), and making a second one
 * per connection costs as much again. This is the only undocumented step lb takes with `node:net`; where the inside of
 * a Node release looks different, it falls back to the server's sockets, which then read through 'data' events.
 *
 * @returns which of the two is in use.
 */
export function acceptFrom(
  server: Server,
  accept: (origin: SocketHandle | Socket) => void,
): 'handles' | 'sockets' {
  const handle = listeningHandle(server);
  if (handle === null) {
    server.on('connection', accept);
    return 'sockets';
  }
  handle.onconnection = (status, connection) => {
    // A failed accept (the client is gone again, or no file descriptor is left) concerns that connection alone.
    if (status === 0 && connection !== undefined) accept(connection);
  };
  return 'handles';
}

function listeningHandle(server: Server): ListeningHandle | null {
  const { _handle: handle } = server as unknown as { _handle?: Partial<ListeningHandle> };
  return typeof handle?.onconnection === 'function' ? (handle as ListeningHandle) : null;
}

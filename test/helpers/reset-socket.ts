import type { Socket } from 'node:net';

/**
 * Breaks a connection with RST, unless our FIN is on its way: then libuv refuses to, and Node.js, having let go of the
 * handle, leaves it open for good. Such a connection was ending in order; it is closed.
 */
export function resetSocket(socket: Socket): void {
  const isFinOnItsWay = socket.writableEnded && !socket.writableFinished;
  if (isFinOnItsWay) socket.destroy();
  else socket.resetAndDestroy();
}

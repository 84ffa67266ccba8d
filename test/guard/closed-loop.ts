import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { addressOf, listen } from '../helpers/listen.ts';

const connectionCount = 16;
/** Ends every response of the origin, and stands nowhere else in one. */
const endMark = '!';
const endByte = endMark.charCodeAt(0);
const body = `${'x'.repeat(127)}${endMark}`;

/** An HTTP server that reads any request and answers with 128 bytes. */
export async function startOrigin(): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('Content-Length', body.length).end(body));
  });
  server.keepAliveTimeout = 3_600_000;
  await listen(server, '127.0.0.1:0');
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: Number(addressOf(server).split(':')[1]), stop };
}

/**
 * Connections that stay open and send a request each, together, again when all have their answers. The number of
 * exchanges is exact, no connection is made in between and no half of them can get ahead of the other: what a server
 * spends on a run is spent on exchanges alone, and it finds as many of them whenever it wakes.
 */
export class ClosedLoop {
  readonly #sockets: readonly Socket[];

  constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async open(port: number): Promise<ClosedLoop> {
    const opening = Array.from({ length: connectionCount }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      return socket;
    });
    return new ClosedLoop(await Promise.all(opening));
  }

  /**
   * @param exchanges a multiple of 16, the number of connections.
   * Rejects when a connection fails or is closed.
   */
  run(request: Buffer, exchanges: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = exchanges;
      let pending = 0;
      const next = () => {
        if (left === 0) return resolve();
        left -= connectionCount;
        pending = connectionCount;
        for (const socket of this.#sockets) socket.write(request);
      };
      for (const socket of this.#sockets) {
        socket.removeAllListeners();
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('Cannot finish a run: a connection was closed')));
        socket.on('data', (bytes: Buffer) => {
          if (bytes[bytes.length - 1] === endByte && --pending === 0) next();
        });
      }
      next();
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.removeAllListeners().destroy();
  }
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Traffic } from './load-generator.ts';

/** As many at a time, so that no queue of unaccepted connections overflows. */
const openers = 32;

/** Kept-alive connections on which one request was answered and nothing happens any more. */
export class IdleConnections {
  readonly #traffic: Traffic;
  readonly #port: number;
  readonly #sockets: Socket[];

  constructor(traffic: Traffic, port: number) {
    this.#traffic = traffic;
    this.#port = port;
    this.#sockets = [];
  }

  /** Opens further ones, one request on each. */
  async open(count: number, signal: AbortSignal): Promise<void> {
    let left = count;
    const openInTurn = async () => {
      while (left > 0) {
        left--;
        signal.throwIfAborted();
        await this.#openOne();
      }
    };
    await Promise.all(Array.from({ length: openers }, openInTurn));
  }

  /** How many of them the other side has closed. */
  countLost(): number {
    return this.#sockets.filter((socket) => socket.readableEnded || socket.destroyed).length;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #openOne(): Promise<void> {
    const socket = connect(this.#port, '127.0.0.1');
    this.#sockets.push(socket);
    // A connection that breaks later counts as lost.
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(this.#traffic.request);
    const { bytes } = this.#traffic.answer;
    let received = Buffer.alloc(0);
    await new Promise<void>((resolve, reject) => {
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.subarray(-bytes.length).equals(bytes)) resolve();
      });
      socket.once('close', () => reject(new Error('A connection was closed without an answer')));
    });
  }
}

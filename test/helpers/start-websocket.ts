import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { addressOf, listen } from './listen.ts';

/** What a backend does with a session; `socket` is the TCP connection under it. */
export type SessionHandler = (session: WebSocket, socket: Socket) => void;

/** Sends every message back as it came. */
export const echo: SessionHandler = (session) => {
  session.on('message', (data, isBinary) => session.send(data, { binary: isBinary }));
};

/**
 * A real WebSocket server; its address as lb.yaml spells it. Whatever `onSession` sends at once leaves in the same
 * write as the 101.
 *
 * @param onRequest answers what is no upgrade.
 */
export async function startWebSocketBackend(
  onSession: SessionHandler,
  onRequest: RequestListener = (_request, response) => response.end('plain'),
): Promise<string> {
  const sessions = new WebSocketServer({ noServer: true });
  const server = createServer(onRequest);
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.cork();
    sessions.handleUpgrade(request, socket, head, (session) => {
      session.on('error', () => undefined); // lb may reset it
      onSession(session, socket);
    });
    socket.uncork();
  });
  await listen(server, '127.0.0.1:0');
  onTestFinished(async () => {
    for (const session of sessions.clients) session.terminate();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return addressOf(server);
}

/** Opens a session through `address`, by a real WebSocket client. */
export async function connectWebSocket(address: string, path = '/'): Promise<WebSocketClient> {
  const client = new WebSocketClient(new WebSocket(`ws://${address}${path}`));
  await once(client.session, 'open');
  return client;
}

export class WebSocketClient {
  readonly session: WebSocket;
  /** Resolves when the session is over; 1006 stands for one that ended without a close frame. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #messages: Buffer[] = [];
  #wake: (() => void) | null = null;

  constructor(session: WebSocket) {
    this.session = session;
    this.closed = new Promise((resolve) => {
      session.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake?.();
      });
    });
    // From the beginning: a message may come in the same packet as the 101.
    session.on('message', (data: Buffer) => {
      this.#messages.push(data);
      this.#wake?.();
    });
    session.on('error', () => undefined); // a cut connection is an error here; `closed` tells
    onTestFinished(() => session.terminate());
  }

  /** The next message, in order. */
  async message(): Promise<Buffer> {
    while (this.#messages.length === 0) {
      const { readyState, CLOSED } = this.session;
      if (readyState === CLOSED) throw new Error('Closed before a message');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift()!; // not empty
  }
}

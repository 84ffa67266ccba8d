/**
 * A backend as a process of its own, for the fault battery and the soak: `node backend-program.ts NAME HTTP TCP`, the
 * latter two being the addresses to listen on. Its parent (`backend-child.ts`) tells it over the IPC channel what to do
 * to requests, and hears when that is so.
 *
 * | Asked | Answer |
 * |---|---|
 * | by GET / | the name; slowly, where that is its mode |
 * | GET /bytes/N | N bytes |
 * | anything with a body | how many bytes came |
 * | for an upgrade to WebSocket, or by TCP | an echo |
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { BackendMode, BackendReport } from './backend-child.ts';
import { addressOf, listen } from './listen.ts';
import { resetSocket } from './reset-socket.ts';

/** Long enough for lb to have passed the beginning on, so that the reset cuts a response that has begun. */
const CUT_AFTER_MS = 20;
const BLOCK_BYTES = 64 * 1024;
/** Between two bytes of a head, and of a body. */
const HEAD_DRIP_MS = 4;
const BODY_DRIP_MS = 50;
const FLAP_EVERY_MS = 500;
/** Another program may hold the port for a moment after the one whose place this takes was killed. */
const LISTEN_AGAIN_MS = 50;

/** A server that can stop listening, as if its process had gone, and begin again at the same address. */
class Place {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #bind: string;

  constructor(server: Server, bind: string) {
    this.#server = server;
    this.#bind = bind;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined); // faults are the point
    });
  }

  get isOpen(): boolean {
    return this.#server.listening;
  }

  /** Listens as soon as that is possible. @returns where; the port is the same every time. */
  async open(): Promise<string> {
    while (!this.isOpen) {
      try {
        await listen(this.#server, this.#bind);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN_MS));
      }
    }
    this.#bind = addressOf(this.#server);
    return this.#bind;
  }

  close(): void {
    if (this.isOpen) this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

class Program {
  readonly #name: string;
  readonly #http: Place;
  readonly #tcp: Place;
  #mode: BackendMode = 'well';
  #flapping: NodeJS.Timeout | undefined;

  constructor(name: string, http: string, tcp: string) {
    this.#name = name;
    const server = createServer((request, response) => this.#onRequest(request, response));
    const sessions = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      sessions.handleUpgrade(request, socket, head, (session) => {
        session.on('error', () => undefined);
        session.on('message', (data, isBinary) => session.send(data, { binary: isBinary }));
      });
    });
    this.#http = new Place(server, http);
    this.#tcp = new Place(
      createTcpServer((socket) => socket.pipe(socket)),
      tcp,
    );
  }

  async start(): Promise<void> {
    const [address, tcpAddress] = await Promise.all([this.#http.open(), this.#tcp.open()]);
    report({ kind: 'listening', address, tcpAddress });
  }

  async setMode(mode: BackendMode): Promise<void> {
    clearInterval(this.#flapping);
    this.#mode = mode;
    await this.#setOpen(mode !== 'closed');
    if (mode === 'flap') this.#flapping = setInterval(() => this.#flap(), FLAP_EVERY_MS);
    report({ kind: 'mode', mode });
  }

  #flap(): void {
    void this.#setOpen(!this.#http.isOpen);
    report({ kind: 'flapped' });
  }

  async #setOpen(isWanted: boolean): Promise<void> {
    for (const place of [this.#http, this.#tcp]) {
      if (isWanted) await place.open();
      else place.close();
    }
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    switch (this.#mode) {
      case 'reset':
        resetSocket(socket);
        return;
      case 'cut':
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it');
        setTimeout(() => resetSocket(socket), CUT_AFTER_MS);
        return;
      case 'drip':
        if (request.url === '/') this.#drip(socket);
        else this.#answer(request, response);
        return;
      default:
        this.#answer(request, response);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const size = /^\/bytes\/(\d+)$/.exec(request.url ?? '')?.[1];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      if (size !== undefined) pour(response, Number(size));
      else response.end(bytes > 0 ? `${bytes}` : this.#name);
    });
  }

  /** The whole response byte by byte, from the first byte of its head; by the clock, however busy the machine is. */
  #drip(socket: Socket): void {
    const head = `HTTP/1.1 200 \r\nContent-Length: ${this.#name.length}\r\n\r\n`;
    const bytes = head + this.#name;
    const headMs = head.length * HEAD_DRIP_MS;
    const startedMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const ms = performance.now() - startedMs;
      const due = ms < headMs ? ms / HEAD_DRIP_MS : head.length + (ms - headMs) / BODY_DRIP_MS;
      socket.write(bytes.slice(sent, Math.floor(due)));
      sent = Math.floor(due);
      if (sent >= bytes.length) socket.end();
    }, HEAD_DRIP_MS);
    const stop = () => clearInterval(timer);
    socket.once('finish', stop).once('close', stop);
  }
}

/** Answers with so many bytes, as fast as they are taken. */
function pour(response: ServerResponse, size: number): void {
  response.setHeader('Content-Length', size);
  Readable.from(blocksOf(size)).pipe(response);
}

function* blocksOf(size: number): Generator<Buffer> {
  const block = Buffer.alloc(BLOCK_BYTES, 'x');
  for (let left = size; left > 0; left -= BLOCK_BYTES) yield block.subarray(0, left);
}

function report(message: BackendReport): void {
  process.send?.(message);
}

const [name = '', http = '', tcp = ''] = process.argv.slice(2);
const program = new Program(name, http, tcp);
process.on('message', (mode: BackendMode) => void program.setMode(mode));
process.on('disconnect', () => process.exit());
await program.start();

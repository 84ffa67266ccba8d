import { EventEmitter } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { addressOf, close, listen } from './listen.ts';
import { findRefusingAddress } from './refusing-address.ts';
import { resetSocket } from './reset-socket.ts';
import { waitFor } from './wait-for.ts';

/** What a backend does to a connection: one variant per failure seen in the field. */
export type Behaviour =
  /** Nobody listens. */
  | { readonly kind: 'refuse' }
  /** Sends the bytes for every request head it reads, and keeps the connection. */
  | { readonly kind: 'answer'; readonly bytes: string }
  /** Sends the bytes for a request head and ends the connection after them. */
  | { readonly kind: 'answer-and-close'; readonly bytes: string }
  /** Sends only the first `keep` bytes and ends the connection. */
  | { readonly kind: 'truncate'; readonly bytes: string; readonly keep: number }
  /** Sends the bytes one by one. */
  | { readonly kind: 'slow-drip'; readonly bytes: string; readonly everyMs: number }
  /** Answers with what no HTTP parser should take. */
  | { readonly kind: 'garbage' }
  /** Resets the connection instead of answering. */
  | { readonly kind: 'reset' }
  /** Reads, and never says anything. */
  | { readonly kind: 'stall' }
  /** Ends every connection as soon as it is accepted. */
  | { readonly kind: 'early-close' };

/** A real backend in this process, on a free loopback port unless told otherwise; gone when the test ends. */
export async function startBackend(
  behaviour: Behaviour,
  bind = '127.0.0.1:0',
): Promise<TestBackend> {
  const backend = new TestBackend(behaviour);
  if (behaviour.kind === 'refuse') {
    backend.address = await findRefusingAddress();
    return backend;
  }
  await listen(backend.server, bind);
  backend.address = addressOf(backend.server);
  onTestFinished(() => backend.kill());
  return backend;
}

export class TestBackend {
  readonly server: Server;
  /** As lb.yaml spells it. */
  address = '';
  /** What happens to connections accepted, and requests read, from now on. */
  behaviour: Behaviour;
  /** Connections so far. */
  accepted = 0;
  /** Request heads so far, over all connections. */
  requests = 0;
  /** All bytes read so far, over all connections, as latin1. */
  received = '';
  readonly #open = new Set<Socket>();
  readonly #events = new EventEmitter();

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.server = createServer((socket) => this.#accept(socket));
  }

  /** Waits until that many request heads have been read. */
  untilRequests(count: number): Promise<void> {
    return this.#until('requests read', count, () => this.requests);
  }

  /** Waits until that many connections have closed. */
  untilClosed(count: number): Promise<void> {
    return this.#until('connections closed', count, () => this.accepted - this.#open.size);
  }

  /** Resets every connection and stops listening, as a killed process does. */
  async kill(): Promise<void> {
    for (const socket of this.#open) resetSocket(socket);
    await close(this.server);
  }

  async #until(what: string, count: number, soFar: () => number): Promise<void> {
    const check = () => (soFar() >= count ? true : undefined);
    await waitFor(this.#events, 'change', check, () => `${soFar()} ${what}, not ${count}`);
  }

  #accept(socket: Socket): void {
    this.accepted += 1;
    this.#open.add(socket);
    socket.on('error', () => undefined); // faults are the point
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#events.emit('change');
    });
    socket.setEncoding('latin1').on('data', (text: string) => this.#read(socket, text));
    if (this.behaviour.kind === 'early-close') socket.end();
  }

  /** Takes an empty line for the end of a head; one that arrives in two pieces goes unseen. */
  #read(socket: Socket, text: string): void {
    this.received += text;
    for (let heads = text.split('\r\n\r\n').length - 1; heads > 0; heads--) {
      this.requests += 1;
      answer(socket, this.behaviour);
    }
    this.#events.emit('change');
  }
}

function answer(socket: Socket, behaviour: Behaviour): void {
  switch (behaviour.kind) {
    case 'answer':
      socket.write(behaviour.bytes, 'latin1');
      return;
    case 'answer-and-close':
      socket.end(behaviour.bytes, 'latin1');
      return;
    case 'truncate':
      socket.end(behaviour.bytes.slice(0, behaviour.keep), 'latin1');
      return;
    case 'slow-drip':
      drip(socket, behaviour.bytes, behaviour.everyMs);
      return;
    case 'garbage':
      socket.end('\x16\x03\x01 this is not HTTP\r\n\r\n', 'latin1');
      return;
    case 'reset':
      resetSocket(socket);
      return;
    case 'refuse':
    case 'stall':
    case 'early-close':
      return;
  }
}

function drip(socket: Socket, bytes: string, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(bytes.charAt(sent), 'latin1');
    sent += 1;
    if (sent === bytes.length) clearInterval(timer);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

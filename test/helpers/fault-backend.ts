import { EventEmitter } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { unreachable } from '../../src/foundation/unreachable.ts';
import { addressOf, close, listen } from './listen.ts';
import { resetSocket } from './reset-socket.ts';
import { waitFor } from './wait-for.ts';

/** What a backend does next to a connection on which it has said part of a response. */
export type Turn =
  /** RST. */
  | 'reset'
  /** Closes in order. */
  | 'close'
  /** FIN; goes on reading until the other side closes. */
  | 'half-close'
  /** Says nothing more. */
  | 'stall'
  /** Says the rest byte by byte. */
  | 'slow-drip'
  /** Says what is no HTTP, and FIN. */
  | 'garbage'
  /** Says the rest. */
  | 'finish'
  /** Never stops talking. */
  | 'pour';

export interface Plan {
  /** What it says before its turn: to a connection (`accept`) or to a request. */
  readonly at: 'accept' | 'request';
  readonly said: string;
  readonly rest: string;
  readonly turn: Turn;
}

const PLAIN = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain';
const GARBAGE = '\x16\x03\x01 this is not HTTP\r\n\r\n';
const DRIP_EVERY_MS = 10;
const NOISE = 'noise '.repeat(10_000);

/**
 * A backend that misbehaves in one exact moment: it says what its plan says and waits for `takeTurn`. Without a plan it
 * answers every request plainly.
 */
export class FaultBackend {
  readonly server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  plan: Plan | null = null;
  readonly #open = new Set<Socket>();
  readonly #events = new EventEmitter();
  /** The connection that waits for its turn. */
  #waiting: Socket | null = null;

  /** As lb.yaml spells it. */
  get address(): string {
    return addressOf(this.server);
  }

  get openConnections(): number {
    return this.#open.size;
  }

  /** Waits until it has said all it says before its turn, and takes that turn; then the plan is over. */
  async takeTurn(): Promise<void> {
    const socket = await waitFor(
      this.#events,
      'change',
      () => this.#waiting ?? undefined,
      () => 'Nobody came to the backend',
    );
    const plan = this.plan!; // somebody waits because of it
    this.plan = null;
    this.#waiting = null;
    act(socket, plan);
  }

  /** Closes every connection in order. */
  closeConnections(): void {
    for (const socket of this.#open) socket.end();
  }

  destroy(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    return close(this.server);
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined); // lb may be gone already: the point of many a test
    socket.on('close', () => this.#open.delete(socket));
    socket.on('end', () => socket.end());
    if (this.plan?.at === 'accept') {
      socket.resume();
      this.#say(socket, this.plan.said);
      return;
    }
    let unread = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      unread += text;
      // A body needs no reading: whoever sends one has a plan for it, or ends its connection.
      if (!unread.includes('\r\n\r\n')) return;
      unread = '';
      if (this.plan !== null) this.#say(socket, this.plan.said);
      else if (socket.writable) socket.write(PLAIN);
    });
  }

  #say(socket: Socket, said: string): void {
    if (said !== '') socket.write(said, 'latin1');
    this.#waiting = socket;
    this.#events.emit('change');
  }
}

function act(socket: Socket, { turn, rest }: Plan): void {
  switch (turn) {
    case 'reset':
      resetSocket(socket);
      return;
    case 'close':
      socket.destroySoon();
      return;
    case 'half-close':
      socket.end();
      return;
    case 'stall':
      return;
    case 'slow-drip':
      drip(socket, rest);
      return;
    case 'garbage':
      socket.end(GARBAGE, 'latin1');
      return;
    case 'finish':
      socket.write(rest, 'latin1');
      return;
    case 'pour':
      pourNoise(socket);
      return;
    default:
      unreachable(turn);
  }
}

function drip(socket: Socket, bytes: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(bytes.charAt(sent), 'latin1');
    sent += 1;
    if (sent === bytes.length) clearInterval(timer);
  }, DRIP_EVERY_MS);
  socket.once('close', () => clearInterval(timer));
}

function pourNoise(socket: Socket): void {
  const pour = () => {
    while (socket.writable && socket.write(NOISE));
  };
  socket.on('drain', pour);
  pour();
}

/** Starts one on a free loopback port; gone when the test ends. */
export async function startFaultBackend(): Promise<FaultBackend> {
  const backend = new FaultBackend();
  await listen(backend.server, '127.0.0.1:0');
  onTestFinished(() => backend.destroy());
  return backend;
}

import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { parseAddress } from '../../src/foundation/address.ts';
import { type HttpResponse, readResponse } from './http-message.ts';
import { waitFor } from './wait-for.ts';

/** Connects to an address as lb.yaml spells it; the socket goes when the test ends. */
export function dial(address: string): Socket {
  const parsed = parseAddress(address);
  if (parsed === null) throw new Error(`Not an address: ${address}`);
  // Half-open: it may go on sending after the other side's FIN.
  const socket = connect({ ...tcpOrPath(parsed), allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

function tcpOrPath(address: NonNullable<ReturnType<typeof parseAddress>>) {
  return address.kind === 'unix'
    ? { path: address.path }
    : { host: address.host, port: address.port };
}

/** A connected client that sends exactly what it is told. */
export async function connectRaw(address: string): Promise<RawClient> {
  const socket = dial(address);
  await once(socket, 'connect');
  return new RawClient(socket);
}

export class RawClient {
  readonly socket: Socket;
  /** All bytes so far as latin1. */
  received = '';
  readonly #events = new EventEmitter();
  /** Offset into `received` up to which responses have been taken. */
  #taken = 0;
  #over: string | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
      this.#events.emit('change');
    });
    socket.on('end', () => this.#finish('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#finish(error.code ?? error.message));
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  /** Sends FIN; goes on reading. */
  end(): void {
    this.socket.end();
  }

  async until(pattern: RegExp): Promise<void> {
    await this.#wait(`${pattern}`, () => (pattern.test(this.received) ? true : undefined));
  }

  /** The next response on this connection, in order. */
  response(request?: { readonly method: 'HEAD' }): Promise<HttpResponse> {
    const bodiless = request?.method === 'HEAD';
    return this.#wait('a response', () => {
      const response = readResponse(this.received, this.#taken, bodiless, this.#over !== null);
      if (response !== null) this.#taken = response.end;
      return response ?? undefined;
    });
  }

  /** Waits until the other side has ended: `end` for an orderly FIN, otherwise the errno. */
  closed(): Promise<string> {
    return this.#wait('the end', () => this.#over ?? undefined);
  }

  #finish(how: string): void {
    this.#over ??= how;
    this.#events.emit('change');
  }

  #wait<T>(what: string, check: () => T | undefined): Promise<T> {
    const story = () => `${what}; received: ${JSON.stringify(this.received.slice(-4000))}`;
    const look = () => {
      const found = check();
      if (found === undefined && this.#over !== null) {
        throw new Error(`Closed (${this.#over}) before ${story()}`);
      }
      return found;
    };
    return waitFor(this.#events, 'change', look, () => `Not in time: ${story()}`);
  }
}

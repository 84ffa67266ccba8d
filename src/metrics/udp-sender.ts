import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Address } from '../foundation/address.ts';

/** Sends datagrams to a host and port, whether anybody is there or not. */
export class UdpSender {
  /** Datagrams that the system did not take, and times that the name of the host did not resolve. */
  failures = 0;
  readonly #host: string;
  readonly #port: number;
  #ip = '';
  #family = 0;
  #socket: Socket | null = null;
  #closed = false;

  /** @param address host and port. */
  constructor(address: Address) {
    if (address.kind !== 'tcp') throw new Error('Cannot send datagrams to a path: need host:port');
    this.#host = address.host;
    this.#port = address.port;
  }

  /** Finds out where the host is now. @returns whether there is somewhere to send to. */
  async resolve(): Promise<boolean> {
    try {
      const { address, family } = await lookup(this.#host);
      if (this.#closed) return false;
      if (family !== this.#family) this.#open(family);
      this.#ip = address;
      return true;
    } catch {
      this.failures++; // the metric of that name says so
      return false;
    }
  }

  /** Resolves when the system has taken the datagram, or has not, so that one at a time waits. */
  send(text: string): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => {
      socket.send(text, this.#port, this.#ip, (error) => {
        if (error) this.failures++;
        resolve();
      });
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#socket = null;
  }

  #open(family: number): void {
    this.#socket?.close();
    this.#family = family;
    this.#socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    // Told with a callback already, where it concerns a datagram.
    this.#socket.on('error', () => undefined);
    this.#socket.unref();
  }
}

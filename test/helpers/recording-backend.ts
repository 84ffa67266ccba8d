import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { addressOf, close, listen } from './listen.ts';
import { NaiveRequestReader, type SeenRequest } from './naive-request-reader.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';

/** A backend that answers every request with 200 on a kept-alive connection, and writes down what it read. */
export class RecordingBackend {
  readonly server = createServer((socket) => this.#accept(socket));
  /** One per connection, open and closed. */
  readonly #readers: NaiveRequestReader[] = [];
  readonly #open = new Set<Socket>();
  /** By client address, in the order they began to arrive. */
  readonly #seen = new Map<string, SeenRequest[]>();

  /** As lb.yaml spells it. */
  get address(): string {
    return addressOf(this.server);
  }

  get connections(): number {
    return this.#readers.length;
  }

  /** What lb must never have sent. */
  get problems(): readonly string[] {
    return this.#readers.flatMap((reader) => reader.problems);
  }

  /** The requests of one client; complete once lb has stopped and `closed` has resolved. */
  requestsOf(client: string): readonly SeenRequest[] {
    return this.#seen.get(client) ?? [];
  }

  /** The addresses that requests came from. */
  get clients(): readonly string[] {
    return [...this.#seen.keys()];
  }

  /** Stops listening; resolves when the last connection is closed. */
  closed(): Promise<void> {
    return close(this.server);
  }

  destroy(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    return this.closed();
  }

  #accept(socket: Socket): void {
    const reader = new NaiveRequestReader();
    this.#readers.push(reader);
    this.#open.add(socket);
    socket.on('error', () => undefined); // lb resets what it abandons
    socket.setEncoding('latin1').on('data', (text: string) => {
      const request = reader.feed(text);
      if (request === null) return;
      this.#record(request);
      socket.write(request.method === 'HEAD' ? HEAD : `${HEAD}ok`);
    });
    socket.on('close', () => {
      const before = reader.requests.length;
      reader.end();
      for (const request of reader.requests.slice(before)) this.#record(request);
      this.#open.delete(socket);
    });
  }

  #record(request: SeenRequest): void {
    const requests = this.#seen.get(request.client);
    if (requests === undefined) this.#seen.set(request.client, [request]);
    else requests.push(request);
  }
}

/** Starts one on a free loopback port; gone when the test ends. */
export async function startRecordingBackend(): Promise<RecordingBackend> {
  const backend = new RecordingBackend();
  await listen(backend.server, '127.0.0.1:0');
  onTestFinished(() => backend.destroy());
  return backend;
}

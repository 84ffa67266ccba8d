import { Agent, type RequestOptions, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { connectRaw } from './raw-client.ts';

/** What a client makes of one request: which route it asked, and what it was told. */
export interface Outcome {
  /** '' for none. */
  readonly route: string;
  /** 499 when the client did not wait. */
  readonly status: number;
  /** Of the field X-LB-Reason; '' for an answer of a backend. */
  readonly reason: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Counts what it is told by lb, over connections that are kept and by raw ones. */
export class CountingClient {
  readonly outcomes: Outcome[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });
  readonly #address: string;

  /** @param address HOST:PORT of a listener. */
  constructor(address: string) {
    this.#address = address;
    onTestFinished(() => this.#agent.destroy());
  }

  /** Sends a request to `/route…` and reads the whole response, or as much of it as comes. */
  ask(route: string, target: string, options: RequestOptions = {}, body = ''): Promise<void> {
    const [host = '', port = ''] = this.#address.split(':');
    const wanted = { host, port, path: target, agent: this.#agent, ...options };
    return new Promise((resolve, reject) => {
      const asked = request(wanted, (response) => {
        let receivedBytes = 0;
        response.on('data', (chunk: Buffer) => {
          receivedBytes += chunk.length;
        });
        response.on('error', () => undefined); // cut: `close` follows
        response.on('close', () => {
          const { statusCode: status = 0, headers, complete } = response;
          const reason = complete ? String(headers['x-lb-reason'] ?? '') : 'backend_closed';
          this.outcomes.push({ route, status, reason, sentBytes: body.length, receivedBytes });
          resolve();
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  /** Sends bytes over a connection of their own, which no route may get to see. */
  async send(bytes: string, address = this.#address): Promise<void> {
    const client = await connectRaw(address);
    if (bytes !== '') client.send(bytes);
    const { status, headers, body } = await client.response();
    const reason = headers.get('x-lb-reason') ?? '';
    const receivedBytes = body.length;
    this.outcomes.push({ route: '', status, reason, sentBytes: 0, receivedBytes });
    client.socket.destroy();
  }

  /** Sends requests, and leaves as soon as they are where `arrived` waits for them. */
  async leave(route: string, count: number, arrived: () => Promise<unknown>): Promise<void> {
    const clients = await Promise.all(
      Array.from({ length: count }, () => connectRaw(this.#address)),
    );
    for (const client of clients) client.send(`GET /${route} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
    await arrived();
    for (const client of clients) {
      client.socket.resetAndDestroy(); // after a FIN it might still be reading
      const outcome = { route, status: 499, reason: 'client_closed' };
      this.outcomes.push({ ...outcome, sentBytes: 0, receivedBytes: 0 });
    }
  }
}

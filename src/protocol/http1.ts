import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { ownResponse } from '../http1/own-response.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { StreamListener } from '../listener/stream-listener.ts';
import type { Router } from '../routing/router.ts';
import type { ByteStream } from '../transport/transport.ts';
import { type ClientConnection, ConnectionSet } from './connection-set.ts';
import { Http1Client } from './http1-client.ts';
import type { Http1Owner } from './http1-owner.ts';
import type { RunningListener } from './protocol.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

export interface HttpListenerOptions {
  readonly name: string;
  readonly bind: Address;
  readonly timeouts: Http1Owner['timeouts'];
  readonly limits: Http1Owner['limits'] & { readonly maxConnections: number };
}

/** Accepts HTTP/1.1 clients and sends their requests where the routes say. */
export class HttpListener implements RunningListener, Http1Owner {
  readonly name: string;
  readonly timeouts: HttpListenerOptions['timeouts'];
  readonly limits: HttpListenerOptions['limits'];
  readonly router: Router<Route>;
  readonly #services: Services;
  readonly #limit: ConnectionLimit;
  readonly #connections = new ConnectionSet();
  #listener: StreamListener | null = null;
  draining = false;

  private constructor(options: HttpListenerOptions, router: Router<Route>, services: Services) {
    this.name = options.name;
    this.timeouts = options.timeouts;
    this.limits = options.limits;
    this.router = router;
    this.#services = services;
    this.#limit = new ConnectionLimit(options.limits.maxConnections, 0);
  }

  /** @throws LbError LISTEN_FAILED */
  static async listen(
    options: HttpListenerOptions,
    router: Router<Route>,
    services: Services,
  ): Promise<HttpListener> {
    const listener = new HttpListener(options, router, services);
    const accept = (stream: ByteStream) => listener.#accept(stream);
    listener.#listener = await StreamListener.bind(
      options.name,
      options.bind,
      services.buffers,
      accept,
    );
    return listener;
  }

  get address(): Address {
    return this.#listener!.address; // bound before anybody gets the listener
  }

  get connections(): number {
    return this.#connections.size;
  }

  #accept(stream: ByteStream): void {
    const { remoteAddress } = stream;
    const refusal = this.#services.limit.admit(remoteAddress);
    if (refusal !== null) {
      refuse(stream, refusal);
      return;
    }
    if (this.#limit.admit(remoteAddress) !== null) {
      this.#services.limit.leave(remoteAddress);
      refuse(stream, 'connection_limit');
      return;
    }
    this.#connections.add(new Http1Client(this, this.#services, stream));
  }

  forget(client: ClientConnection, peerAddress: string): void {
    this.#services.limit.leave(peerAddress);
    this.#limit.leave(peerAddress);
    this.#connections.delete(client);
  }

  async drain(): Promise<void> {
    this.draining = true;
    await Promise.all([this.#listener?.close(), this.#connections.drain()]);
  }

  destroy(): void {
    this.#connections.destroy();
  }
}

/** Answers without reading: there is no room to keep this connection. */
function refuse(stream: ByteStream, reason: Reason): void {
  const text = ownResponse(reason, { accept: '', withoutBody: false, connection: 'close' });
  const bytes = Buffer.from(text, 'latin1');
  stream.write(bytes, 0, bytes.length);
  stream.endAndDestroy();
}

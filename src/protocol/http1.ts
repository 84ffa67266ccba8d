import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import type { HeadEdits } from '../http1/head-edits.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import { StreamListener } from '../listener/stream-listener.ts';
import { type ForwardedOptions, ForwardedPolicy } from '../middleware/forwarded.ts';
import { compileResponseEdits, type HeadPolicy } from '../middleware/head-policy.ts';
import type { Router } from '../routing/router.ts';
import type { ByteStream } from '../transport/transport.ts';
import { type ClientConnection, ConnectionSet } from './connection-set.ts';
import { Http1Client } from './http1-client.ts';
import type { Http1Owner } from './http1-owner.ts';
import type { RunningListener } from './protocol.ts';
import { refusedConnection } from './refused-connection.ts';
import { ResponseWriter } from './response-writer.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

export interface HttpListenerOptions {
  readonly name: string;
  readonly bind: Address;
  readonly timeouts: Http1Owner['timeouts'];
  readonly limits: Http1Owner['limits'] & { readonly maxConnections: number };
  readonly forwarding: ForwardedOptions & HeadPolicy;
  readonly errors: {
    /** X-LB-Reason stands on lb's own answers. */ readonly reasonHeader: boolean;
  };
}

/** Accepts HTTP/1.1 clients and sends their requests where the routes say. */
export class HttpListener implements RunningListener, Http1Owner {
  readonly name: string;
  readonly timeouts: HttpListenerOptions['timeouts'];
  readonly limits: HttpListenerOptions['limits'];
  readonly router: Router<Route>;
  readonly interimEdits: HeadEdits;
  readonly reasonHeader: boolean;
  readonly #forwarding: HttpListenerOptions['forwarding'];
  readonly #services: Services;
  readonly #limit: ConnectionLimit;
  readonly #connections = new ConnectionSet();
  #listener: StreamListener | null = null;
  #forwarded: ForwardedPolicy | null = null;
  draining = false;

  private constructor(options: HttpListenerOptions, router: Router<Route>, services: Services) {
    this.name = options.name;
    this.timeouts = options.timeouts;
    this.limits = options.limits;
    this.router = router;
    this.interimEdits = compileResponseEdits({ set: [], add: [], remove: [] }, options.forwarding);
    this.reasonHeader = options.errors.reasonHeader;
    this.#forwarding = options.forwarding;
    this.#services = services;
    this.#limit = new ConnectionLimit(options.limits.maxConnections, 0, services.limit);
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

  /** Made for the first client: before that the port may not be known. */
  get forwarded(): ForwardedPolicy {
    if (this.#forwarded === null) {
      const { address } = this;
      const { requestIds, trustedProxies } = this.#services;
      const port = address.kind === 'tcp' ? address.port : null;
      this.#forwarded = new ForwardedPolicy(this.#forwarding, port, trustedProxies, requestIds);
    }
    return this.#forwarded;
  }

  get connections(): number {
    return this.#connections.size;
  }

  #accept(stream: ByteStream): void {
    const { remoteAddress } = stream;
    const refusal = this.#limit.admit(remoteAddress);
    if (refusal === null) {
      this.#connections.add(new Http1Client(this, this.#services, stream));
      return;
    }
    this.#refuse(stream, refusal);
  }

  /** Answers without reading: there is no room to keep this connection. */
  #refuse(stream: ByteStream, reason: Reason): void {
    const { buffers, clock, observer } = this.#services;
    observer.onExchange(refusedConnection(this.name, 'HTTP/1.1', stream, reason, clock.now()));
    const unread = { accept: '', method: '', requestId: '', retryAfterSeconds: 1 };
    new ResponseWriter(stream, buffers, this).own(reason, unread, false);
    stream.endAndDestroy();
  }

  forget(client: ClientConnection, peerAddress: string): void {
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

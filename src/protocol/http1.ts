import type { Backend } from '../backend/backend.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import type { HeadEdits } from '../http1/head-edits.ts';
import { ConnectionLimit } from '../listener/connection-limit.ts';
import type { StreamListener } from '../listener/stream-listener.ts';
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
  readonly timeouts: Http1Owner['timeouts'];
  readonly limits: Http1Owner['limits'] & { readonly maxConnections: number };
  readonly forwarding: ForwardedOptions & HeadPolicy;
  readonly errors: {
    /** X-LB-Reason stands on lb's own answers. */ readonly reasonHeader: boolean;
  };
}

const NO_EDITS = { set: [], add: [], remove: [] };

/**
 * Accepts HTTP/1.1 clients and sends their requests where the routes say. What clients read here may change between
 * any two of their requests (`update`), and is read anew for each.
 */
export class HttpListener implements RunningListener, Http1Owner {
  readonly name: string;
  timeouts: HttpListenerOptions['timeouts'];
  limits: HttpListenerOptions['limits'];
  router: Router<Route>;
  interimEdits: HeadEdits;
  reasonHeader: boolean;
  forwarded: ForwardedPolicy;
  draining = false;
  readonly #socket: StreamListener;
  readonly #services: Services;
  readonly #limit: ConnectionLimit;
  readonly #connections = new ConnectionSet();

  /** @param socket bound already; nothing is accepted before `serve`. */
  constructor(
    socket: StreamListener,
    options: HttpListenerOptions,
    router: Router<Route>,
    services: Services,
  ) {
    const { limits, forwarding } = options;
    this.name = options.name;
    this.timeouts = options.timeouts;
    this.limits = limits;
    this.router = router;
    this.interimEdits = compileResponseEdits(NO_EDITS, forwarding);
    this.reasonHeader = options.errors.reasonHeader;
    this.forwarded = forwardedPolicy(forwarding, socket.address, services);
    this.#socket = socket;
    this.#services = services;
    this.#limit = new ConnectionLimit(limits.maxConnections, 0, services.limit);
  }

  /** Takes over other options and routes, and what has changed in the services; connections stay. */
  update(options: HttpListenerOptions, router: Router<Route>): void {
    const { limits, forwarding } = options;
    this.timeouts = options.timeouts;
    this.limits = limits;
    this.router = router;
    this.interimEdits = compileResponseEdits(NO_EDITS, forwarding);
    this.reasonHeader = options.errors.reasonHeader;
    this.forwarded = forwardedPolicy(forwarding, this.address, this.#services);
    this.#limit.max = limits.maxConnections;
  }

  serve(): void {
    this.#socket.serve(this.#accept);
  }

  get address(): Address {
    return this.#socket.address;
  }

  get connections(): number {
    return this.#connections.size;
  }

  sessions(backend: Backend | null): readonly ClientConnection[] {
    return this.#connections.sessions(backend);
  }

  readonly #accept = (stream: ByteStream): void => {
    const { remoteAddress } = stream;
    const refusal = this.#limit.admit(remoteAddress);
    if (refusal === null) {
      this.#services.connections.onOpened(this.name, remoteAddress, stream.remotePort);
      this.#connections.add(new Http1Client(this, this.#services, stream));
      return;
    }
    this.#refuse(stream, refusal);
  };

  /** Answers without reading: there is no room to keep this connection. */
  #refuse(stream: ByteStream, reason: Reason): void {
    const services = this.#services;
    const { buffers, observer } = services;
    observer.onExchange(refusedConnection(this.name, 'HTTP/1.1', stream, reason, services));
    const unread = { accept: '', method: '', requestId: '', retryAfterSeconds: 1 };
    new ResponseWriter(stream, buffers, this).own(reason, unread, false);
    stream.endAndDestroy();
  }

  forget(client: ClientConnection, peerAddress: string, peerPort: number): void {
    this.#limit.leave(peerAddress);
    this.#services.connections.onClosed(this.name, peerAddress, peerPort);
    this.#connections.delete(client);
  }

  async drain(): Promise<void> {
    this.draining = true;
    await Promise.all([this.#socket.release(this.#accept), this.#connections.drain()]);
  }

  destroy(): number {
    return this.#connections.destroy();
  }
}

function forwardedPolicy(
  options: ForwardedOptions,
  address: Address,
  { requestIds, trustedProxies }: Services,
): ForwardedPolicy {
  const port = address.kind === 'tcp' ? address.port : null;
  return new ForwardedPolicy(options, port, trustedProxies, requestIds);
}

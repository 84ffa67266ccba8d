import { type Reason, reasons } from '../foundation/reason.ts';
import { type Expirable, WheelTimer } from '../foundation/timer-wheel.ts';
import { BROKEN } from '../http1/chunked-decoder.ts';
import { FAILED, MORE } from '../http1/head-parser.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { permittedTrailers } from '../http1/trailers.ts';
import type { ClientFields } from '../middleware/forwarded.ts';
import { refusalOf } from '../middleware/request-policy.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import type { ClientConnection, CutReason } from './connection-set.ts';
import { Exchange } from './exchange.ts';
import type { Http1Owner } from './http1-owner.ts';
import { Lingering } from './lingering.ts';
import { RequestBody } from './request-body.ts';
import { ResponseWriter } from './response-writer.ts';
import type { Services } from './services.ts';
import type { ClientSide } from './sides.ts';
import { Tunnel, type TunnelOwner } from './tunnel.ts';

/*
 *  HEAD ──► BODY ──► WAITING ──► HEAD …     a response may begin, and end, during BODY
 *    │        └─101─► TUNNEL ──► CLOSED      the splice has the stream
 *    └────────────────────────► CLOSED      closed, or lingering has the stream
 */
const HEAD = 0;
const BODY = 1;
const WAITING = 2;
const TUNNEL = 3;
const CLOSED = 4;

/** One HTTP/1.1 client connection: reads requests, has them answered, one exchange at a time, in order. */
export class Http1Client
  implements ByteConsumer, ClientSide, ClientConnection, Expirable, TunnelOwner
{
  readonly #owner: Http1Owner;
  readonly #services: Services;
  readonly #stream: ByteStream;
  readonly #timer: WheelTimer;
  readonly #body: RequestBody;
  readonly #writer: ResponseWriter;
  readonly #exchange: Exchange;
  #fields: ClientFields;
  readonly #clientPort: number;
  #state = HEAD;
  /** The head being read; none between requests. */
  #head: RequestHead | null = null;
  /** Bytes behind the present request, read together with it: kept until it is their turn. */
  #backlog: Buffer | null = null;
  /** Another request may follow the present one. */
  #keepAlive = true;
  #tunnel: Tunnel | null = null;

  constructor(owner: Http1Owner, services: Services, stream: ByteStream) {
    this.#owner = owner;
    this.#services = services;
    this.#stream = stream;
    this.#timer = new WheelTimer(this);
    this.#writer = new ResponseWriter(stream, services.buffers, owner);
    this.#exchange = new Exchange(this, owner.name, services);
    this.#body = new RequestBody(this.#exchange, owner);
    this.#fields = owner.forwarded.fieldsFor(stream.remoteAddress);
    this.#clientPort = stream.remotePort;
    stream.consumer = this;
    this.#schedule(owner.timeouts.headerMs);
  }

  // Reading requests.

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    const at = this.#consume(buffer, start, end);
    if (this.#state === CLOSED) return true;
    const goOn = this.#exchange.flush();
    if (at < end) {
      this.#backlog = Buffer.from(buffer.subarray(at, end));
      return false;
    }
    if (this.#state !== BODY) return true;
    const nowMs = this.#services.clock.now();
    if (goOn) this.#awaitBody(nowMs);
    // While the backend is behind, its own deadline counts, not the client's.
    else this.#body.pause(nowMs);
    return goOn;
  }

  /** @returns how far the bytes could be used; the rest belongs to a later request. */
  #consume(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.#state === HEAD && !this.#writer.behind) at = this.#readHead(buffer, at, end);
      else if (this.#state === BODY) at = this.#readBody(buffer, at, end);
      else return at;
    }
    return at;
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    const head = this.#head ?? this.#openHead();
    const fresh = !head.parser.started;
    const next = head.parser.consume(buffer, start, end);
    if (next === MORE) {
      // Counted from the head's first byte: later bytes do not buy more time.
      if (fresh) this.#schedule(this.#owner.timeouts.headerMs);
      return end;
    }
    if (next === FAILED) {
      this.#refuseHead(head.parser.violation);
      return end;
    }
    this.#begin(head);
    this.#releaseHead();
    return next;
  }

  /** The head cannot be read, or not in time: nothing behind it can be told from it. */
  #refuseHead(reason: Reason): void {
    this.#releaseHead();
    this.#keepAlive = false;
    this.#identify(null);
    this.fail(reason);
  }

  /** Whose request this is and what it is called. @param head null when it cannot be read. */
  #identify(head: RequestHead | null): void {
    this.#fields.begin(head);
    this.#exchange.clientAddress = this.#fields.clientAddress;
    this.#exchange.requestId = this.#fields.requestId;
  }

  /** The first byte of a request has arrived. */
  #openHead(): RequestHead {
    const head = this.#services.heads.takeRequest();
    this.#fields = this.#owner.forwarded.renew(this.#fields);
    head.parser.reset(this.#owner.limits);
    this.#head = head;
    this.#writer.begin(false);
    this.#exchange.open(this.#fields.peerAddress, this.#clientPort, this.#services.clock.now());
    return head;
  }

  #releaseHead(): void {
    if (this.#head !== null) this.#services.heads.releaseRequest(this.#head);
    this.#head = null;
  }

  /** A whole head is there: checks it, routes it, starts its exchange. */
  #begin(head: RequestHead): void {
    const violation = head.read();
    const { minorVersion } = head.parser;
    this.#keepAlive = violation === null && head.keepAlive;
    this.#exchange.describe(head);
    this.#identify(head);
    this.#writer.begin(minorVersion === 0);
    this.#body.start(head, this.#exchange.startedMs);
    const refusal = violation ?? refusalOf(head, this.#owner.limits.bodyBytes);
    const route = refusal === null ? this.#owner.router.match(head) : null;
    if (route === null) {
      this.fail(refusal ?? 'no_route');
      return;
    }
    this.#state = this.#body.done ? WAITING : BODY;
    this.#exchange.start(route, head, this.#fields);
  }

  #readBody(buffer: Buffer, start: number, end: number): number {
    const next = this.#body.relay(buffer, start, end);
    if (next === BROKEN) {
      this.#refuseBody(this.#body.violation);
      return end;
    }
    if (this.#body.done) this.#state = WAITING;
    return next;
  }

  #awaitBody(nowMs: number): void {
    this.#schedule(this.#body.patienceMs(nowMs));
  }

  #expireBody(): void {
    if (!this.#body.continueOwed) {
      this.#refuseBody('body_timeout');
      return;
    }
    this.#body.continueOwed = false;
    this.#writer.continue();
    this.#awaitBody(this.#services.clock.now());
  }

  /** The body is wrong, or stopped coming, after its head had gone to a backend. */
  #refuseBody(reason: Reason): void {
    this.#exchange.abandon();
    this.#keepAlive = false;
    this.fail(reason);
  }

  onEnd(): void {
    // Half-closed: it has said all it will and waits for its answer. Somebody who waits for a backend has left, for all
    // that can be told: no room is spent on who may not be there.
    if (this.#state === WAITING && !this.#exchange.waiting) this.#keepAlive = false;
    else if (this.#underWay) this.#abort('client_closed');
    else this.#close();
  }

  // Having them answered: the client side of the exchange.

  relayInterim(head: ResponseHead): void {
    if (head.status === 100 && this.#body.continueOwed) {
      this.#body.continueOwed = false;
      // The client may begin only now: the deadline so far was the backend's.
      this.#awaitBody(this.#services.clock.now());
    }
    this.#writer.interim(head);
  }

  relayHead(head: ResponseHead): void {
    this.#exchange.status = head.status;
    // A client that holds its body back will not send it any more, and lb cannot tell what follows from it.
    const keepAlive = this.#keepAlive && !this.#body.continueOwed && !this.#owner.draining;
    this.#keepAlive = this.#writer.head(head, this.#exchange.responseEdits, keepAlive);
  }

  relayData(buffer: Buffer, start: number, end: number): void {
    this.#exchange.bytesOut += end - start;
    this.#writer.data(buffer, start, end);
  }

  flush(): boolean {
    this.#writer.flush();
    if (this.#writer.behind) this.#schedule(this.#owner.timeouts.writeStallMs);
    return !this.#writer.behind;
  }

  relayEnd(trailers: string): void {
    const wanted = trailers !== '' && this.#exchange.trailers;
    this.#writer.end(wanted ? permittedTrailers(trailers) : '');
    this.#finish(false);
  }

  fail(reason: Reason): void {
    this.#exchange.reason = reason;
    if (this.#writer.headSent) {
      this.#cut();
      return;
    }
    if (!this.#body.done || this.#owner.draining) this.#keepAlive = false;
    this.#exchange.status = reasons[reason].status;
    this.#writer.own(reason, this.#exchange, this.#keepAlive);
    this.#finish(true);
  }

  /**
   * Ends a response that has begun and cannot be completed, so that the client cannot take it for complete: a length
   * not reached or a missing last chunk says so, and where the end of the connection is the end of the body, RST does.
   */
  #cut(): void {
    this.#writer.flush();
    this.#report();
    this.#state = CLOSED;
    if (this.#writer.closeDelimited) this.#stream.reset();
    else this.#stream.endAndDestroy();
  }

  /**
   * Tells what became of the exchange and turns to the next request.
   *
   * @param refused the client may still be sending, and must get to read its answer.
   */
  #finish(refused: boolean): void {
    this.#report();
    if (this.#keepAlive && this.#body.done && !this.#owner.draining) {
      this.#state = HEAD;
      this.#awaitRequest();
    } else if (refused || !this.#body.done || this.#backlog !== null) {
      this.#state = CLOSED;
      this.#services.wheel.cancel(this.#timer);
      new Lingering(this.#stream, this.#services.wheel, this);
    } else {
      this.#close();
    }
  }

  #report(): void {
    this.#exchange.endedMs = this.#services.clock.now();
    this.#services.observer.onExchange(this.#exchange);
  }

  /** Goes on with what has been read already; a client that does not read its answers gets no further ones. */
  #awaitRequest(): void {
    const { timeouts } = this.#owner;
    if (this.#writer.behind) {
      this.#schedule(timeouts.writeStallMs);
      return;
    }
    this.#schedule(timeouts.idleMs);
    const backlog = this.#backlog;
    if (backlog === null) return;
    this.#backlog = null;
    if (this.onBytes(backlog, 0, backlog.length)) this.#stream.resume();
  }

  relaySwitch(
    head: ResponseHead,
    backend: ByteStream,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    const { wheel } = this.#services;
    wheel.cancel(this.#timer);
    this.#state = TUNNEL;
    this.#exchange.status = 101;
    this.#writer.switching(head, this.#exchange.responseEdits);
    this.#writer.data(buffer, start, end);
    this.#writer.flush();
    const streams = { client: this.#stream, backend };
    this.#tunnel = new Tunnel(this.#exchange, this, streams, end - start, wheel, this.#owner);
    const backlog = this.#backlog;
    this.#backlog = null;
    if (backlog !== null) this.#tunnel.forwardFirst(backlog);
  }

  onTunnelEnd(): void {
    this.#state = CLOSED;
    this.#report();
    this.#owner.forget(this, this.#fields.peerAddress, this.#clientPort);
  }

  resumeBody(): void {
    if (this.#state !== BODY) return;
    const nowMs = this.#services.clock.now();
    this.#body.resume(nowMs);
    this.#awaitBody(nowMs);
    this.#stream.resume();
  }

  // The connection.

  onDrain(): void {
    this.#writer.behind = false;
    if (this.#exchange.active) this.#exchange.resumeResponse();
    else if (this.#state === HEAD) this.#awaitRequest();
  }

  drain(): void {
    const idle = this.#state === HEAD && this.#head === null && this.#backlog === null;
    if (idle) this.#close();
  }

  get joinedTo(): ClientConnection['joinedTo'] {
    return this.#tunnel === null ? null : this.#exchange.backend;
  }

  destroy(reason: CutReason): boolean {
    const cuts = this.#tunnel !== null || this.#underWay;
    if (this.#tunnel !== null) this.#tunnel.destroy(reason);
    else if (cuts) this.#abort(reason);
    else this.#destroy();
    return cuts;
  }

  /** A request has begun and is not answered to the end. */
  get #underWay(): boolean {
    return this.#head !== null || this.#state === BODY || this.#state === WAITING;
  }

  #close(): void {
    this.#state = CLOSED;
    this.#stream.endAndDestroy();
  }

  #destroy(): void {
    this.#state = CLOSED;
    this.#stream.destroy();
  }

  /** Ends an exchange that can get no answer any more. */
  #abort(reason: Reason): void {
    const exchange = this.#exchange;
    if (this.#head !== null) this.#identify(null);
    this.#releaseHead();
    exchange.abandon();
    exchange.reason = reason;
    if (!this.#writer.headSent) exchange.status = reasons[reason].status;
    this.#report();
    this.#state = CLOSED;
    // The answers to its earlier requests are whole and on their way: RST could take them from a client that has ended.
    this.#schedule(this.#owner.timeouts.writeStallMs);
    if (reason !== 'client_closed' || this.#writer.headSent) this.#stream.reset();
    else this.#stream.endAndDestroy();
  }

  #schedule(delayMs: number): void {
    this.#services.wheel.schedule(this.#timer, delayMs);
  }

  onDeadline(): void {
    if (this.#writer.behind && this.#underWay) this.#abort('client_stalled');
    else if (this.#state === HEAD && this.#head !== null) this.#refuseHead('header_timeout');
    else if (this.#state === BODY && !this.#body.paused) this.#expireBody();
    else if (this.#state === HEAD && !this.#writer.behind) this.#close();
    else if (this.#state !== BODY && this.#state !== WAITING) this.#destroy();
    // Otherwise the deadline is left over from before: lb waits for the backend, whose own counts.
  }

  onClose(): void {
    if (this.#underWay) this.#abort('client_closed');
    this.#services.wheel.cancel(this.#timer);
    this.#state = CLOSED;
    this.#owner.forget(this, this.#fields.peerAddress, this.#clientPort);
  }
}

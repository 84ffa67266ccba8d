import type { Backend } from '../backend/backend.ts';
import type { IdleConnection } from '../backend/idle-connections.ts';
import type { Address } from '../foundation/address.ts';
import type { Reason } from '../foundation/reason.ts';
import { type Expirable, WheelTimer } from '../foundation/timer-wheel.ts';
import { BODY_UNTIL_CLOSE, BodyReader } from '../http1/body-reader.ts';
import { BROKEN } from '../http1/chunked-decoder.ts';
import { FAILED, MORE } from '../http1/head-parser.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import type { PoolOptions } from '../pool/pool.ts';
import { dial } from '../transport/dial.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import type { Exchange } from './exchange.ts';
import type { Services } from './services.ts';
import type { BackendSide } from './sides.ts';

/** Heads of backends may be as large as a read; a backend that sends more is broken. */
const RESPONSE_LIMITS = { headerBytes: 64 * 1024, headerCount: 1000, targetBytes: 0 };
/** Interim responses (1xx) relayed per exchange: a backend could send them for ever. */
const MAX_INTERIM = 32;

/*
 *  CONNECTING ──► IDLE ◄───────────────────┐
 *      │           │ begin                 │ response and request complete, kept alive
 *      └─────────► HEAD ──final head──► BODY ──► CLOSED
 *                  └─101─► DETACHED (the splice has the stream)
 */
const CONNECTING = 0;
const IDLE = 1;
const HEAD = 2;
const BODY = 3;
const DETACHED = 4;
const CLOSED = 5;

/** One HTTP/1.1 connection to a backend: sends requests, reads responses, one exchange at a time. */
export class Http1Backend implements ByteConsumer, BackendSide, IdleConnection, Expirable {
  readonly stream: ByteStream;
  readonly #services: Services;
  readonly #backend: Backend;
  /** Where it leads; the backend may have got another address since. */
  readonly #target: Address;
  readonly #options: PoolOptions;
  readonly #timer: WheelTimer;
  readonly #body = new BodyReader();
  #state = CONNECTING;
  #exchange: Exchange | null = null;
  #head: ResponseHead | null = null;
  /** A head of the current response, interim ones included, has been passed on. */
  #answered = false;
  #keepAlive = false;
  #interimCount = 0;
  /** An interim response has said `Connection: close`: what it means for the final one is anybody's guess. */
  #lastExchange = false;
  idleSinceMs = 0;

  /** Starts connecting for an exchange; it is told `onBackendConnected` or `onAttemptFailed`. */
  constructor(services: Services, backend: Backend, options: PoolOptions, exchange: Exchange) {
    this.#services = services;
    this.#backend = backend;
    this.#target = backend.target;
    this.#options = options;
    this.#exchange = exchange;
    this.#timer = new WheelTimer(this);
    backend.connects++;
    services.wheel.schedule(this.#timer, options.timeouts.connectMs);
    this.stream = dial(services.buffers, this, this.#target);
  }

  get connected(): boolean {
    return this.#state !== CONNECTING && this.#state !== CLOSED;
  }

  /** Takes the next exchange on an idle connection. */
  begin(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#state = HEAD;
    this.#answered = false;
    this.#interimCount = 0;
    this.#lastExchange = false;
  }

  onRequestSent(): void {
    this.#services.wheel.schedule(this.#timer, this.#options.timeouts.responseHeaderMs);
  }

  resume(): void {
    this.#awaitBody();
    this.stream.resume();
  }

  abandon(): void {
    this.#exchange = null;
    this.#close();
  }

  close(): void {
    this.#close();
  }

  #close(): void {
    // At once: until the stream has closed, nobody else may take it for a connection that lives.
    if (this.#state === IDLE) this.#backend.idle.remove(this);
    this.#state = CLOSED;
    this.stream.destroy();
  }

  onConnect(): void {
    if (this.#exchange === null) return;
    this.begin(this.#exchange);
    this.#exchange.onBackendConnected();
  }

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    const exchange = this.#exchange;
    if (exchange === null) {
      // Nobody asked: whatever it is (often a 408 for being idle), it must not be taken for the next response
      // (RFC 9112 §9.2).
      this.#lose();
      this.#close();
      return false;
    }
    let at = start;
    while (at < end) {
      const next =
        this.#state === HEAD ? this.#readHead(buffer, at, end) : this.#readBody(buffer, at, end);
      // Finished, failed or switched: the exchange is over here.
      if (next < 0) return this.#state !== CLOSED;
      at = next;
    }
    const goOn = exchange.client.flush();
    // While the client is behind, its own deadline counts. That of the head is for the whole head: more bytes of it
    // do not buy more time.
    if (!goOn) this.#services.wheel.cancel(this.#timer);
    else if (this.#state === BODY) this.#awaitBody();
    return goOn;
  }

  #awaitBody(): void {
    this.#services.wheel.schedule(this.#timer, this.#options.timeouts.responseStallMs);
  }

  /** @returns where to go on, or a negative number when there is nothing to go on with. */
  #readHead(buffer: Buffer, start: number, end: number): number {
    const { heads } = this.#services;
    let head = this.#head;
    if (head === null) {
      head = heads.takeResponse();
      head.parser.reset(RESPONSE_LIMITS);
      this.#head = head;
    }
    const next = head.parser.consume(buffer, start, end);
    if (next === MORE) return end;
    if (next === FAILED) {
      const { violation } = head.parser;
      const tooLarge = violation === 'header_too_large' || violation === 'too_many_fields';
      return tooLarge
        ? this.#fail('response_head_too_large', violation)
        : this.#distrust(violation);
    }
    const result = this.#takeHead(head, buffer, next, end);
    this.#releaseHead();
    return result;
  }

  #releaseHead(): void {
    if (this.#head !== null) this.#services.heads.releaseResponse(this.#head);
    this.#head = null;
  }

  #takeHead(head: ResponseHead, buffer: Buffer, at: number, end: number): number {
    const exchange = this.#exchange!; // a head is only read for an exchange
    const violation = head.read(exchange.method);
    if (violation !== null) return this.#distrust(violation);
    this.#answered = true;
    exchange.onResponseBegun();
    if (head.interim) {
      if (++this.#interimCount > MAX_INTERIM) return this.#distrust('too_many_interim');
      if (!head.keepAlive) this.#lastExchange = true;
      exchange.client.relayInterim(head);
      return at;
    }
    if (head.status === 101) return this.#switch(exchange, head, buffer, at, end);
    if (head.keepAliveSeconds >= 0) this.#backend.idle.limit.announce(head.keepAliveSeconds);
    this.#keepAlive = head.keepAlive && !this.#lastExchange && head.bodyKind !== BODY_UNTIL_CLOSE;
    this.#body.start(head.bodyKind, head.bodyLength);
    this.#state = BODY;
    exchange.onResponseHead(head.status);
    exchange.client.relayHead(head);
    return this.#body.done ? this.#finish(at === end) : at;
  }

  #switch(exchange: Exchange, head: ResponseHead, buffer: Buffer, at: number, end: number): number {
    // RFC 9110 §15.2.2: a server may only switch when asked to.
    if (!exchange.upgrade) return this.#distrust('bad_switch');
    this.#services.wheel.cancel(this.#timer);
    this.#state = DETACHED;
    this.#exchange = null;
    exchange.onResponseHead(head.status);
    exchange.client.relaySwitch(head, this.stream, buffer, at, end);
    return -1;
  }

  #readBody(buffer: Buffer, start: number, end: number): number {
    const body = this.#body;
    const exchange = this.#exchange!; // a body is only read for an exchange
    const next = body.read(buffer, start, end);
    if (next === BROKEN) return this.#distrust(body.violation);
    if (body.dataEnd > body.dataStart) {
      exchange.client.relayData(buffer, body.dataStart, body.dataEnd);
    }
    return body.done ? this.#finish(next === end) : next;
  }

  /** The response is complete. @param clean nothing came behind it. */
  #finish(clean: boolean): number {
    const exchange = this.#exchange!; // only an exchange's response completes
    this.#exchange = null;
    const reusable = clean && this.#keepAlive && exchange.requestSent;
    if (!reusable || !this.#rest()) this.#close();
    exchange.onResponseComplete(this.#body.trailers);
    return -1;
  }

  /** Waits for the next exchange, for less time than the backend is known to allow. @returns false when it may not. */
  #rest(): boolean {
    const { clock, wheel } = this.#services;
    const { idle } = this.#backend;
    const nowMs = clock.now();
    if (this.#target !== this.#backend.target || !idle.put(this, nowMs)) return false;
    this.#state = IDLE;
    const idleMs = Math.min(this.#options.connectionPool.idleMs, idle.limit.ms(nowMs));
    wheel.schedule(this.#timer, idleMs, nowMs);
    return true;
  }

  /** The backend has closed the connection, or broken it. */
  #lose(): void {
    if (this.#state === IDLE) this.#backend.idle.lose(this, this.#services.clock.now());
  }

  /** What the backend sent can be read in more than one way, or in none. */
  #distrust(violation: Reason): number {
    return this.#fail('bad_response', violation);
  }

  /** The backend broke the exchange, or a limit did. @param detail what exactly was wrong, where that is known. */
  #fail(reason: Reason, detail: Reason | null = null): number {
    const exchange = this.#exchange;
    this.#exchange = null;
    const unsent = !this.connected;
    const elsewhere = unsent && this.#backend.endpoint.avoid(this.#target);
    const answered = this.#answered;
    const silent = !answered && this.#head === null;
    this.#releaseHead();
    this.#close();
    exchange?.onAttemptFailed({ reason, detail, unsent, elsewhere, silent, answered });
    return -1;
  }

  onEnd(): void {
    if (this.#state === BODY && this.#body.kind === BODY_UNTIL_CLOSE) {
      this.#finish(true);
      return;
    }
    if (this.#exchange !== null) {
      this.#fail('backend_closed');
      return;
    }
    this.#lose();
    this.#close();
  }

  onDrain(): void {
    this.#exchange?.client.resumeBody();
  }

  onDeadline(): void {
    if (this.#state === CONNECTING) this.#fail('connect_timeout');
    else if (this.#state === HEAD) this.#fail('response_timeout');
    else if (this.#state === BODY) this.#fail('response_stalled');
    else this.#close();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    const wasConnecting = this.#state === CONNECTING;
    this.#services.wheel.cancel(this.#timer);
    this.#lose();
    if (this.#exchange === null) {
      this.#releaseHead();
      this.#state = CLOSED;
      return;
    }
    if (wasConnecting)
      this.#fail(error?.code === 'ECONNREFUSED' ? 'connect_refused' : 'connect_failed');
    else this.#fail(error === null ? 'backend_closed' : 'backend_reset');
  }
}

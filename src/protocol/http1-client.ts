import { type Reason, reasons } from '../foundation/reason.ts';
import { type Expirable, WheelTimer } from '../foundation/timer-wheel.ts';
import { BODY_CHUNKED, BODY_UNTIL_CLOSE, BodyReader, BROKEN } from '../http1/body-reader.ts';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import { FAILED, MORE } from '../http1/head-parser.ts';
import { ownResponse } from '../http1/own-response.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { writeResponseHead } from '../http1/write-response.ts';
import { NO_EDITS } from '../http1/head-edits.ts';
import type { ClientFields } from '../middleware/forwarded.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import { Exchange } from './exchange.ts';
import type { HttpListener } from './http1.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import type { ClientSide } from './sides.ts';
import { Splice, type SpliceOwner } from './splice.ts';

const ACCEPT = fieldSet('accept');
const EXPECT = fieldSet('expect');
/** Data up to this size is gathered behind its head or its chunk size: one write instead of two. */
const GATHER_BYTES = 8 * 1024;
/** How long, and how much, a client that was refused in the middle of its body may go on sending before it is cut. */
const LINGER_MS = 5000;
const LINGER_BYTES = 16 * 1024 * 1024;

/*
 *  HEAD ──► BODY ──► WAITING ──► HEAD …          a response may begin, and end, during BODY
 *    │        └────────┴──► LINGERING ──► CLOSED  refused or closing while the client may still be sending
 *    └─ 101 ─► TUNNEL                             the splice has the stream
 */
const HEAD = 0;
const BODY = 1;
const WAITING = 2;
const LINGERING = 3;
const TUNNEL = 4;
const CLOSED = 5;

/** One HTTP/1.1 client connection: reads requests, writes responses, one exchange at a time, in order. */
export class Http1Client implements ByteConsumer, ClientSide, Expirable, SpliceOwner {
  readonly #listener: HttpListener;
  readonly #services: Services;
  readonly #stream: ByteStream;
  readonly #timer: WheelTimer;
  readonly #body = new BodyReader();
  readonly #exchange: Exchange;
  readonly #fields: ClientFields;
  readonly #clientPort: number;
  #state = HEAD;
  /** The head being read; none between requests. */
  #head: RequestHead | null = null;
  #route: Route | null = null;
  #accept = '';
  /** Bytes behind the present request, read together with it: kept until it is their turn. */
  #backlog: Buffer | null = null;
  /** Another request may follow the present one. */
  #keepAlive = true;
  #headSent = false;
  /** The response's body goes out in chunks. */
  #chunked = false;
  /** Only the end of the connection tells this client that the body is complete (HTTP/1.0). */
  #closeDelimited = false;
  /** The client has not taken what was written; nothing new is begun until it has. */
  #behind = false;
  #lingered = 0;
  #splice: Splice | null = null;

  constructor(listener: HttpListener, services: Services, stream: ByteStream) {
    this.#listener = listener;
    this.#services = services;
    this.#stream = stream;
    this.#timer = new WheelTimer(this);
    this.#exchange = new Exchange(this, listener.name, services);
    this.#fields = services.forwarded.fieldsFor(stream.remoteAddress);
    this.#clientPort = stream.remotePort;
    stream.consumer = this;
    services.wheel.schedule(this.#timer, listener.timeouts.headerMs);
  }

  // ── reading requests ─────────────────────────────────────────────────────────────────────────────────────────────

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    const at = this.#consume(buffer, start, end);
    if (this.#state === LINGERING || this.#state === CLOSED) return this.#state === LINGERING;
    const goOn = this.#exchange.flush();
    if (at < end) {
      this.#keepBacklog(buffer, at, end);
      return false;
    }
    if (this.#state !== BODY) return true;
    // While the backend is behind, its own deadline counts, not the client's.
    if (goOn) this.#schedule(this.#listener.timeouts.bodyStallMs);
    return goOn;
  }

  /** @returns how far the bytes could be used; the rest belongs to a later request. */
  #consume(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.#state === HEAD && !this.#behind) at = this.#readHead(buffer, at, end);
      else if (this.#state === BODY) at = this.#readBody(buffer, at, end);
      else if (this.#state === LINGERING) at = this.#linger(end - at, end);
      else return at;
    }
    return at;
  }

  #keepBacklog(buffer: Buffer, start: number, end: number): void {
    this.#backlog = Buffer.from(buffer.subarray(start, end));
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    let head = this.#head;
    if (head === null) {
      head = this.#services.heads.takeRequest();
      head.parser.reset(this.#listener.limits);
      this.#head = head;
      this.#exchange.open(this.#fields.peerAddress, this.#clientPort, this.#services.clock.now());
    }
    const fresh = !head.parser.started;
    const next = head.parser.consume(buffer, start, end);
    if (next === MORE) {
      // From the head's first byte, and not moved by later ones.
      if (fresh) this.#schedule(this.#listener.timeouts.headerMs);
      return end;
    }
    this.#accept = '';
    this.#headSent = false;
    if (next === FAILED) {
      this.#keepAlive = false;
      const { violation } = head.parser;
      this.#releaseHead();
      this.fail(violation);
      return end;
    }
    this.#begin(head);
    this.#releaseHead();
    return this.#state === LINGERING ? end : next;
  }

  #releaseHead(): void {
    if (this.#head !== null) this.#services.heads.releaseRequest(this.#head);
    this.#head = null;
  }

  /** A whole head is there: checks it, routes it, starts its exchange. */
  #begin(head: RequestHead): void {
    const violation = head.read();
    this.#keepAlive = violation === null && head.keepAlive && !this.#listener.draining;
    const exchange = this.#exchange;
    exchange.describe(head);
    exchange.clientAddress = this.#fields.clientAddress(head);
    const { parser } = head;
    if ((parser.seen & ACCEPT) !== 0) this.#accept = parser.valueText(parser.indexOf(fieldId.accept));
    this.#body.start(head.bodyKind, head.bodyLength);
    const refusal = violation ?? this.#refusal(head);
    const route = refusal === null ? this.#listener.router.match(head) : null;
    if (route === null) {
      this.fail(refusal ?? 'no_route');
      return;
    }
    this.#route = route;
    this.#state = this.#body.done ? WAITING : BODY;
    exchange.start(route, head, this.#fields);
  }

  /** What a well-formed request may still be refused for, before any backend sees it. */
  #refusal(head: RequestHead): Reason | null {
    const { bodyBytes } = this.#listener.limits;
    if (bodyBytes > 0 && head.bodyLength > bodyBytes) return 'body_too_large';
    if ((head.parser.seen & EXPECT) === 0) return null;
    const expectation = head.get('expect') ?? '';
    return expectation.toLowerCase() === '100-continue' ? null : 'expectation_failed';
  }

  #readBody(buffer: Buffer, start: number, end: number): number {
    const body = this.#body;
    const exchange = this.#exchange;
    const next = body.read(buffer, start, end);
    if (next === BROKEN) {
      this.#refuseBody(body.violation);
      return end;
    }
    const { bodyBytes } = this.#listener.limits;
    if (bodyBytes > 0 && body.total > bodyBytes) {
      this.#refuseBody('body_too_large');
      return end;
    }
    exchange.bytesIn = body.total;
    const found = body.dataEnd > body.dataStart;
    if (body.kind === BODY_CHUNKED) {
      if (found) this.#gatherChunk(buffer, body.dataStart, body.dataEnd);
      if (body.done) this.#gatherText('0\r\n\r\n');
    } else if (found) {
      exchange.sendBody(buffer, body.dataStart, body.dataEnd);
    }
    if (body.done) {
      exchange.requestSent = true;
      this.#state = WAITING;
    }
    return next;
  }

  /** Chunks are framed anew: no byte of the client's own framing reaches a backend. */
  #gatherChunk(buffer: Buffer, start: number, end: number): void {
    this.#exchange.gather();
    const { out } = this.#services.buffers;
    out.text(`${(end - start).toString(16)}\r\n`);
    out.copy(buffer, start, end);
    out.text('\r\n');
  }

  #gatherText(text: string): void {
    this.#exchange.gather();
    this.#services.buffers.out.text(text);
  }

  /** The body turned out wrong after its head had gone to a backend. */
  #refuseBody(reason: Reason): void {
    this.#exchange.abandon();
    this.#keepAlive = false;
    this.fail(reason);
  }

  /** Reads and forgets, so that the client gets to read its answer before the connection goes. */
  #linger(count: number, end: number): number {
    this.#lingered += count;
    if (this.#lingered > LINGER_BYTES) this.#destroy();
    return end;
  }

  onEnd(): void {
    switch (this.#state) {
      case WAITING:
        // Half-closed: it has said all it will and waits for its answer.
        this.#keepAlive = false;
        return;
      case BODY:
        this.#abort('client_closed');
        return;
      default:
        if (this.#state !== CLOSED) this.#stream.endAndDestroy();
    }
  }

  // ── writing responses ────────────────────────────────────────────────────────────────────────────────────────────

  relayInterim(head: ResponseHead): void {
    // RFC 9110 §15.2: never to an HTTP/1.0 client.
    if (this.#exchange.protocol === 'HTTP/1.0' || this.#headSent) return;
    writeResponseHead(this.#services.buffers.out, head, NO_EDITS, '');
  }

  relayHead(head: ResponseHead): void {
    const exchange = this.#exchange;
    exchange.status = head.status;
    this.#headSent = true;
    const framed = head.bodyKind === BODY_CHUNKED || head.bodyKind === BODY_UNTIL_CLOSE;
    const http10 = exchange.protocol === 'HTTP/1.0';
    this.#chunked = framed && !http10;
    this.#closeDelimited = framed && http10;
    if (this.#listener.draining || this.#closeDelimited) this.#keepAlive = false;
    const framing = FRAMING[(this.#chunked ? 4 : 0) + (this.#keepAlive ? 2 : 0) + (http10 ? 1 : 0)]!; // 0..7
    const edits = this.#route === null ? NO_EDITS : this.#route.responseEdits;
    writeResponseHead(this.#services.buffers.out, head, edits, framing);
  }

  relayData(buffer: Buffer, start: number, end: number): void {
    const { out } = this.#services.buffers;
    const count = end - start;
    this.#exchange.bytesOut += count;
    if (this.#chunked) {
      if (out.room < count + 32) this.#flushOut();
      out.text(`${count.toString(16)}\r\n`);
      out.copy(buffer, start, end);
      out.text('\r\n');
    } else if (count <= GATHER_BYTES && out.room >= count) {
      out.copy(buffer, start, end);
    } else {
      this.#note(this.#stream.write(buffer, start, end));
    }
  }

  flush(): boolean {
    this.#flushOut();
    return !this.#behind;
  }

  #flushOut(): void {
    const { out } = this.#services.buffers;
    if (out.length > 0) this.#note(this.#stream.flush(out));
  }

  #note(taken: boolean): void {
    if (taken || this.#behind) return;
    this.#behind = true;
    this.#schedule(this.#listener.timeouts.writeStallMs);
  }

  relayEnd(): void {
    if (this.#chunked) this.#services.buffers.out.text('0\r\n\r\n');
    this.#chunked = false;
    this.#flushOut();
    this.#finish(false);
  }

  /**
   * Tells what became of the exchange and turns to the next request.
   *
   * @param refused the client may still be sending, and must get to read its answer.
   */
  #finish(refused: boolean): void {
    this.#report();
    if (this.#keepAlive && this.#body.done && !this.#listener.draining) {
      this.#state = HEAD;
      if (!this.#behind) this.#nextRequest();
    } else if (refused || !this.#body.done || this.#backlog !== null) {
      this.#startLingering();
    } else {
      this.#close();
    }
  }

  #report(): void {
    const exchange = this.#exchange;
    exchange.endedMs = this.#services.clock.now();
    this.#services.observer.onExchange(exchange);
    this.#route = null;
  }

  #nextRequest(): void {
    this.#schedule(this.#listener.timeouts.idleMs);
    const backlog = this.#backlog;
    if (backlog === null) return;
    this.#backlog = null;
    if (this.onBytes(backlog, 0, backlog.length)) this.#stream.resume();
  }

  relaySwitch(head: ResponseHead, backend: ByteStream, buffer: Buffer, start: number, end: number): void {
    const exchange = this.#exchange;
    exchange.status = 101;
    this.#headSent = true;
    exchange.onSwitched();
    const protocol = head.parser.valueText(head.parser.indexOf(fieldId.upgrade));
    const framing = `Connection: upgrade\r\nUpgrade: ${protocol}\r\n`;
    const { out } = this.#services.buffers;
    writeResponseHead(out, head, this.#route?.responseEdits ?? NO_EDITS, framing);
    this.#services.wheel.cancel(this.#timer);
    this.#state = TUNNEL;
    const { wheel } = this.#services;
    this.#splice = new Splice(this.#stream, backend, this, wheel, this.#listener.timeouts.tunnelIdleMs);
    if (end > start) out.copy(buffer, start, end);
    this.#splice.bytesOut += end - start;
    if (!this.#stream.flush(out)) backend.pause();
    this.#forwardBacklog(this.#splice);
  }

  /** What the client sent right behind its upgrade request. */
  #forwardBacklog(splice: Splice): void {
    const backlog = this.#backlog;
    this.#backlog = null;
    if (backlog === null) return;
    splice.bytesIn += backlog.length;
    if (splice.backend.write(backlog, 0, backlog.length)) this.#stream.resume();
  }

  onSpliceEnd(splice: Splice): void {
    const exchange = this.#exchange;
    exchange.onSpliceEnded();
    exchange.bytesIn = splice.bytesIn;
    exchange.bytesOut = splice.bytesOut;
    if (splice.end === 'idle') exchange.reason = 'idle_timeout';
    this.#state = CLOSED;
    this.#report();
    this.#listener.forget(this);
  }

  fail(reason: Reason): void {
    const exchange = this.#exchange;
    exchange.reason = reason;
    if (this.#headSent) {
      this.#cut();
      return;
    }
    exchange.status = reasons[reason].status;
    this.#answer(reason);
    this.#finish(true);
  }

  /**
   * Ends a response that has begun and cannot be completed, so that the client cannot take it for complete: a length
   * not reached or a missing last chunk says so, and where the end of the connection is the end of the body, RST does.
   */
  #cut(): void {
    this.#flushOut();
    this.#report();
    if (this.#closeDelimited) this.#stream.reset();
    else this.#stream.endAndDestroy();
    this.#state = CLOSED;
  }

  #answer(reason: Reason): void {
    if (!this.#body.done || this.#listener.draining) this.#keepAlive = false;
    const { out } = this.#services.buffers;
    out.text(
      ownResponse(reason, {
        accept: this.#accept,
        withoutBody: this.#exchange.method === 'HEAD',
        connection: this.#keepAlive ? 'keep-alive' : 'close',
      }),
    );
    this.#flushOut();
  }

  resumeBody(): void {
    if (this.#state !== BODY) return;
    this.#schedule(this.#listener.timeouts.bodyStallMs);
    this.#stream.resume();
  }

  // ── the connection ───────────────────────────────────────────────────────────────────────────────────────────────

  onConnect(): void {}

  onDrain(): void {
    this.#behind = false;
    if (this.#exchange.active) this.#exchange.resumeResponse();
    else if (this.#state === HEAD) this.#nextRequest();
  }

  /** Whom the connection counts for; not the client behind a trusted proxy. */
  get peerAddress(): string {
    return this.#fields.peerAddress;
  }

  /** No request is being read or answered: the connection can be closed without anybody missing anything. */
  get idle(): boolean {
    return this.#state === HEAD && this.#head === null && this.#backlog === null;
  }

  /** Closes at the next moment when no exchange is under way; `draining` is set on the listener. */
  drain(): void {
    if (this.idle) this.#close();
  }

  /** Cuts whatever is under way. */
  destroy(): void {
    if (this.#splice !== null) this.#splice.destroy();
    else if (this.#state === HEAD || this.#state === LINGERING) this.#destroy();
    else this.#abort('shutdown');
  }

  #close(): void {
    this.#state = CLOSED;
    this.#stream.endAndDestroy();
  }

  #destroy(): void {
    this.#state = CLOSED;
    this.#stream.destroy();
  }

  #startLingering(): void {
    this.#state = LINGERING;
    this.#backlog = null;
    this.#stream.end();
    this.#stream.resume();
    this.#schedule(LINGER_MS);
  }

  /** Ends an exchange that can get no answer any more. */
  #abort(reason: Reason): void {
    const exchange = this.#exchange;
    exchange.abandon();
    exchange.reason = reason;
    if (!this.#headSent) exchange.status = reasons[reason].status;
    this.#report();
    this.#state = CLOSED;
    this.#stream.reset();
  }

  #schedule(delayMs: number): void {
    this.#services.wheel.schedule(this.#timer, delayMs);
  }

  onDeadline(): void {
    if (this.#state === LINGERING) this.#destroy();
    else if (this.#behind) this.#expireWrite();
    else if (this.#state === HEAD && this.#head !== null) this.#expireHead();
    else if (this.#state === HEAD) this.#close();
    else if (this.#state === BODY) this.#expireBody();
    // WAITING: the deadline is left over from an earlier state, and the backend's own counts.
  }

  #expireWrite(): void {
    if (this.#state === HEAD) this.#destroy();
    else this.#abort('client_stalled');
  }

  #expireHead(): void {
    this.#releaseHead();
    this.#keepAlive = false;
    this.fail('header_timeout');
  }

  #expireBody(): void {
    this.#exchange.abandon();
    this.#keepAlive = false;
    this.fail('body_timeout');
  }

  onClose(): void {
    this.#services.wheel.cancel(this.#timer);
    this.#releaseHead();
    const under = this.#state === BODY || this.#state === WAITING;
    if (under) this.#abort('client_closed');
    this.#state = CLOSED;
    this.#listener.forget(this);
  }
}

/** Lines about the body's end and the connection, by: chunked (4), kept alive (2), HTTP/1.0 (1). */
const FRAMING: readonly string[] = [
  'Connection: close\r\n',
  'Connection: close\r\n',
  '',
  'Connection: keep-alive\r\n',
  'Transfer-Encoding: chunked\r\nConnection: close\r\n',
  'Transfer-Encoding: chunked\r\nConnection: close\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked\r\n',
];
import type { Backend } from '../backend/backend.ts';
import type { ExchangeRecord } from '../backend/observer.ts';
import type { ByteWriter } from '../foundation/byte-writer.ts';
import type { Reason } from '../foundation/reason.ts';
import { BODY_NONE } from '../http1/body-reader.ts';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { HeadEdits } from '../http1/head-edits.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { writeRequestHead } from '../http1/write-request.ts';
import type { ClientFields } from '../middleware/forwarded.ts';
import { BackendChoice, type ChoiceOwner } from './backend-choice.ts';
import { Http1Backend } from './http1-backend.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import type { BackendSide, ClientSide } from './sides.ts';

const ACCEPT = fieldSet('accept');
/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const IDEMPOTENT = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|TRACE)$/;

/** Why an attempt failed, and what the backend can have seen of it. */
export interface AttemptFailure {
  readonly reason: Reason;
  /** What exactly was wrong with a response; null where the reason says it all. */
  readonly detail: Reason | null;
  /** Nothing was written, so any request may be sent again. */
  readonly unsent: boolean;
  /** Not one byte of a response has come. */
  readonly silent: boolean;
}

/**
 * One request with its response: finds a backend, sends the request, tries another where that is safe, and keeps the
 * record of it. One per client connection, used again for every request on it.
 *
 * The request's bytes are gathered in the process-wide writer and leave in one write at the end of the client's read
 * (`flush`). A copy is kept while they may have to be sent again: until the backend is connected, and, for an
 * idempotent request without a body, until the response begins: a backend that dies or hangs may have read it, which for
 * such a request does no harm.
 */
export class Exchange implements ExchangeRecord, ChoiceOwner {
  readonly client: ClientSide;
  readonly listener: string;
  readonly #services: Services;
  route = '';
  pool = '';
  backend: Backend | null = null;
  requestId = '';
  clientAddress = '';
  clientPort = 0;
  method = '';
  /** The Accept field, for an answer of lb's own; '' when there is none. */
  accept = '';
  host = '';
  path = '';
  protocol = 'HTTP/1.1';
  status = 0;
  reason: Reason | null = null;
  detail: Reason | null = null;
  bytesIn = 0;
  bytesOut = 0;
  startedMs = 0;
  endedMs = 0;
  attempts = 0;
  reused = false;
  /** The client asked to switch protocols and lb let it. */
  upgrade = false;
  /** The client can take trailers. */
  trailers = false;
  /** The whole request is with the backend. */
  requestSent = false;
  /** What the request has matched; kept until the next one begins. */
  #route: Route | null = null;
  /** The backend that the client's cookie names, in a sticky pool. */
  #named: Backend | null = null;
  /** The client came by https; only known where the pool is sticky. */
  #https = false;
  readonly #choice: BackendChoice;
  #side: BackendSide | null = null;
  /** Since when a response is waited for; -1 while nobody wants to know. */
  #askedMs = -1;
  /** The request as sent so far, while it may have to be sent again. */
  #kept: Buffer | null = null;
  /** The request can be sent again although a backend may have read it. */
  #repeatable = false;
  /** Bytes of this exchange are in the writer, not yet flushed. */
  #gathering = false;

  constructor(client: ClientSide, listener: string, services: Services) {
    this.client = client;
    this.listener = listener;
    this.#services = services;
    this.#choice = new BackendChoice(this);
  }

  /** Begins the record of a request, before anything is known to be right about it. */
  open(clientAddress: string, clientPort: number, startedMs: number): void {
    this.requestId = '';
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.startedMs = startedMs;
    this.route = '';
    this.pool = '';
    this.backend = null;
    this.method = '';
    this.accept = '';
    this.host = '';
    this.path = '';
    this.status = 0;
    this.reason = null;
    this.detail = null;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.attempts = 0;
    this.reused = false;
    this.upgrade = false;
    this.requestSent = false;
    this.#choice.reset();
  }

  /** Takes what the record needs of a head that has been read. */
  describe(head: RequestHead): void {
    this.method = head.method;
    this.host = head.host;
    this.path = head.path;
    this.protocol = head.parser.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
    const { fields } = head.parser;
    if ((fields.seen & ACCEPT) !== 0)
      this.accept = fields.valueText(fields.indexOf(fieldId.accept));
    this.upgrade = head.upgrade !== null;
    this.trailers = head.trailers;
  }

  /** Gathers the request's head and finds a backend for it; the body follows by the client side's writes. */
  start(route: Route, head: RequestHead, forwarded: ClientFields): void {
    this.route = route.name;
    this.pool = route.pool.name;
    this.#route = route;
    this.#kept = null;
    this.#repeatable = head.bodyKind === BODY_NONE && IDEMPOTENT.test(head.method);
    this.requestSent = head.bodyKind === BODY_NONE;
    writeRequestHead(this.#services.buffers.out, head, route.requestEdits, forwarded);
    this.#gathering = true;
    const key = route.key === null ? 0 : route.key.of(head, this.clientAddress);
    this.#named = route.sticky === null ? null : route.sticky.backendOf(head.parser.fields);
    this.#https = route.sticky !== null && forwarded.isHttps(head);
    this.#choice.begin(route.pool, route.balancer, key, this.#named);
  }

  /** The route's, and in a sticky pool, for a client that does not name the backend it has got, the cookie that does. */
  get responseEdits(): HeadEdits {
    const { sticky, responseEdits } = this.#route!; // a response is only edited for an exchange that has started
    if (sticky === null || this.backend === this.#named) return responseEdits;
    return sticky.bind(this.backend!, responseEdits, this.#https); // somebody has answered
  }

  get active(): boolean {
    return this.#side !== null;
  }

  /** Every backend is full: it waits for its turn. */
  get waiting(): boolean {
    return this.#choice.waiting;
  }

  get queueMs(): number {
    return this.#choice.waitedMs;
  }

  /** For an answer of lb's own that there was no room. */
  get retryAfterSeconds(): number {
    return this.#choice.retryAfterSeconds;
  }

  /** Begins an attempt: on an idle connection if that will do; a retry wants a fresh one. */
  onBackend(backend: Backend): void {
    const idle = this.attempts === 0 ? (backend.idle.take() as Http1Backend | null) : null; // only these are put there
    this.backend = backend;
    this.#askedMs = backend.timed || backend.watched ? this.#services.clock.now() : -1;
    if (backend.watched) backend.watcher?.onAttempt();
    this.attempts++;
    backend.requests++;
    this.reused = idle !== null;
    if (idle !== null) idle.begin(this);
    this.#side = idle ?? new Http1Backend(this.#services, backend, this.#route!.pool.options, this); // set by start
    // After a wait the request is there already; otherwise it is still being gathered.
    if (idle !== null && this.#kept !== null) this.onBackendConnected();
  }

  onNoBackend(reason: Reason): void {
    this.#discard();
    this.#kept = null;
    this.client.fail(reason);
  }

  /** Sends body bytes: gathers them behind what is gathered already, or passes them on at once. */
  sendBody(buffer: Buffer, start: number, end: number): void {
    const side = this.#side;
    const { out } = this.#services.buffers;
    if (side === null) {
      if (!this.waiting) return;
      if (end - start > out.room) this.#keep(out);
      this.#gathering = true;
    }
    if (side === null || (this.#gathering && end - start <= out.room)) {
      out.copy(buffer, start, end);
      return;
    }
    side.stream.write(buffer, start, end);
    this.#sent(side);
  }

  /** Gathers framing of lb's own. */
  sendText(text: string): void {
    if (this.#side === null && !this.waiting) return;
    this.#gathering = true;
    this.#services.buffers.out.text(text);
  }

  /**
   * Hands what was gathered to the backend, or keeps it until there is one.
   *
   * @returns false when the client must not be read further until `resumeBody`.
   */
  flush(): boolean {
    const side = this.#side;
    if (side === null && !this.waiting) {
      this.#discard();
      return true;
    }
    if (!this.#gathering) return side?.connected === true && !side.stream.pending;
    this.#gathering = false;
    const { out } = this.#services.buffers;
    if (!side?.connected) {
      this.#keep(out);
      return false;
    }
    if (this.#repeatable) this.#kept = Buffer.from(out.buffer.subarray(0, out.length));
    this.#sent(side);
    return side.stream.flush(out);
  }

  /** More of the request is with the backend, whose time to answer begins anew. */
  #sent(side: BackendSide): void {
    if (this.#askedMs >= 0) this.#askedMs = this.#services.clock.now();
    side.onRequestSent();
  }

  /** The backend has begun its final response. */
  onResponseHead(status: number): void {
    this.#kept = null;
    const { backend } = this;
    const askedMs = this.#askedMs;
    if (askedMs < 0 || backend === null) return;
    const nowMs = this.#services.clock.now();
    if (backend.timed) backend.responseTime.observe(nowMs - askedMs, nowMs);
    if (backend.watched) backend.watcher?.onAnswer(status, nowMs - askedMs);
  }

  /** Keeps what was gathered, behind what is kept already. */
  #keep(out: ByteWriter): void {
    const gathered = out.buffer.subarray(0, out.length);
    this.#kept =
      this.#kept === null ? Buffer.from(gathered) : Buffer.concat([this.#kept, gathered]);
    out.length = 0;
  }

  /** Forgets what was gathered: nobody will take it. */
  #discard(): void {
    if (this.#gathering) this.#services.buffers.out.length = 0;
    this.#gathering = false;
  }

  onBackendConnected(): void {
    const side = this.#side;
    const kept = this.#kept;
    if (side === null || kept === null) return;
    if (!this.#repeatable) this.#kept = null;
    side.onRequestSent();
    if (side.stream.write(kept, 0, kept.length)) this.client.resumeBody();
  }

  /** The client may be written to again. */
  resumeResponse(): void {
    this.#side?.resume();
  }

  /** The client is gone or refused: nobody waits for the backend any more. */
  abandon(): void {
    this.#discard();
    this.#side?.abandon();
    this.#detach();
  }

  onResponseComplete(trailers: string): void {
    this.#detach();
    this.client.relayEnd(trailers);
  }

  /** The backend's stream has become a splice's; the exchange is still counted as in flight. */
  onSwitched(): void {
    this.#side = null;
  }

  onSpliceEnded(): void {
    this.#choice.release();
  }

  #detach(): void {
    this.#side = null;
    this.#kept = null;
    this.#choice.release();
  }

  /** An attempt failed; the next one, if it is safe and there is anybody to try, goes to another backend. */
  onAttemptFailed({ reason, detail, unsent, silent }: AttemptFailure): void {
    const failed = this.backend!; // set since the attempt began
    this.#side = null;
    failed.countFailure(reason);
    const died = reason === 'backend_closed' || reason === 'backend_reset';
    const raced = this.reused && silent && died;
    if (silent && !raced) failed.watcher?.onFailure(reason);
    const unanswered = silent && (died || reason === 'response_timeout');
    const repeatable = this.#kept !== null && (unsent || (unanswered && this.#repeatable));
    const mayRetry = this.attempts <= this.#route!.pool.options.retries.attempts; // set since the exchange began
    if (repeatable && mayRetry && this.#choice.retry(failed, raced)) return;
    this.#detach();
    this.detail = detail;
    this.client.fail(reason);
  }
}

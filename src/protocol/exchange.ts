import type { Backend } from '../backend/backend.ts';
import { type AttemptRecord, type ExchangeRecord, NO_ATTEMPTS } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';
import { BODY_CHUNKED } from '../http1/body-reader.ts';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { HeadEdits } from '../http1/head-edits.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { writeRequestHead } from '../http1/write-request.ts';
import type { ClientFields } from '../middleware/forwarded.ts';
import { BackendChoice, type ChoiceOwner } from './backend-choice.ts';
import { Http1Backend } from './http1-backend.ts';
import { OutgoingRequest } from './outgoing-request.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import type { BackendSide, ClientSide } from './sides.ts';

const ACCEPT = fieldSet('accept');
const USER_AGENT = fieldSet('user-agent');
/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const IDEMPOTENT = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|TRACE)$/;

/** `Content-Length: 0` is no body, too. */
function isBodiless({ bodyKind, bodyLength }: RequestHead): boolean {
  return bodyKind !== BODY_CHUNKED && bodyLength === 0;
}

/** Why an attempt failed, and what the backend can have seen of it. */
export interface AttemptFailure {
  readonly reason: Reason;
  /** What exactly was wrong with a response; null where the reason says it all. */
  readonly detail: Reason | null;
  /** Nothing was written, so any request may be sent again. */
  readonly unsent: boolean;
  /** The backend has another address, where the next attempt would go. */
  readonly elsewhere: boolean;
  /** Not one byte of a response has come. */
  readonly silent: boolean;
  /** The head of a response, interim ones included, was whole and has been passed on. */
  readonly answered: boolean;
}

/**
 * One request with its response: finds a backend, sends the request, tries another where that is safe, and keeps the
 * record of it. One per client connection, used again for every request on it.
 *
 * The request is kept while it may have to be sent again: until the backend is connected, and, where the method is
 * idempotent and the body small, until the head of a response is whole: a backend that dies or hangs may have read such a
 * request, which does no harm. docs/retries.md has the rules.
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
  query = '';
  userAgent = '';
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
  connectMs = -1;
  ttfbMs = -1;
  failedAttempts: readonly AttemptRecord[] = NO_ATTEMPTS;
  generation = 0;
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
  /** When the present attempt began. */
  #attemptMs = 0;
  /** Since when its response is waited for. */
  #askedMs = 0;
  /** Somebody goes by how long that takes, and did when the attempt began. */
  #judged = false;
  readonly #request: OutgoingRequest;

  constructor(client: ClientSide, listener: string, services: Services) {
    this.client = client;
    this.listener = listener;
    this.#services = services;
    this.#request = new OutgoingRequest(services.buffers);
    this.#choice = new BackendChoice(this);
  }

  /** Begins the record of a request, before anything is known to be right about it. */
  open(clientAddress: string, clientPort: number, startedMs: number): void {
    this.generation = this.#services.generation;
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
    this.query = '';
    this.userAgent = '';
    this.status = 0;
    this.reason = null;
    this.detail = null;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.attempts = 0;
    this.reused = false;
    this.connectMs = -1;
    this.ttfbMs = -1;
    this.failedAttempts = NO_ATTEMPTS;
    this.upgrade = false;
    this.requestSent = false;
    this.#choice.reset();
  }

  /** Takes what the record needs of a head that has been read. */
  describe(head: RequestHead): void {
    this.method = head.method;
    this.host = head.host;
    this.path = head.path;
    this.query = head.query;
    this.protocol = head.parser.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
    const { fields } = head.parser;
    if ((fields.seen & USER_AGENT) !== 0)
      this.userAgent = fields.valueText(fields.indexOf(fieldId['user-agent']));
    if ((fields.seen & ACCEPT) !== 0)
      this.accept = fields.valueText(fields.indexOf(fieldId.accept));
    this.upgrade = head.upgrade !== null;
    this.trailers = head.trailers;
  }

  /** Gathers the request's head and finds a backend for it; the body follows by the client side's writes. */
  start(route: Route, head: RequestHead, forwarded: ClientFields): void {
    // Its head may have taken long: the route is of the generation there is now.
    this.generation = this.#services.generation;
    this.route = route.name;
    this.pool = route.pool.name;
    this.#route = route;
    this.requestSent = isBodiless(head);
    const { out } = this.#services.buffers;
    const before = out.length;
    writeRequestHead(out, head, route.requestEdits, forwarded);
    this.#request.begin(this.#keptBytes(head, out.length - before));
    const key = route.key === null ? 0 : route.key.of(head, this.clientAddress);
    this.#named = route.sticky === null ? null : route.sticky.backendOf(head.parser.fields);
    this.#https = route.sticky !== null && forwarded.isHttps(head);
    this.#choice.begin(route.pool, route.balancer, key, this.#named);
  }

  /** How much of a request is kept although a backend may have read it. */
  #keptBytes(head: RequestHead, headBytes: number): number {
    if (!IDEMPOTENT.test(head.method)) return 0;
    if (isBodiless(head)) return headBytes;
    const { bufferBytes } = this.#route!.pool.options.retries; // set by start
    return bufferBytes === 0 || head.bodyLength > bufferBytes ? 0 : headBytes + bufferBytes;
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
    const nowMs = this.#services.clock.now();
    const idle = this.attempts === 0 ? (backend.idle.take(nowMs) as Http1Backend | null) : null; // only these are put there
    this.backend = backend;
    this.#attemptMs = nowMs;
    this.#askedMs = nowMs;
    this.#judged = backend.timed || backend.watched;
    if (backend.watched) backend.watcher?.onAttempt();
    this.attempts++;
    backend.requests++;
    this.reused = idle !== null;
    this.connectMs = idle === null ? -1 : 0;
    if (idle !== null) idle.begin(this);
    this.#side = idle ?? new Http1Backend(this.#services, backend, this.#route!.pool.options, this); // set by start
    // After a wait the request is there already; otherwise it is still being gathered.
    if (idle !== null) this.onBackendConnected();
  }

  onNoBackend(reason: Reason): void {
    this.#request.discard();
    this.#request.kept.forget();
    this.client.fail(reason);
  }

  /** Sends body bytes: gathers them behind what is gathered already, or passes them on at once. */
  sendBody(buffer: Buffer, start: number, end: number): void {
    const side = this.#side;
    if (side === null && !this.waiting) return;
    const stream = side?.connected ? side.stream : null;
    if (this.#request.addBody(stream, buffer, start, end)) this.#sent();
  }

  /** Gathers framing of lb's own. */
  sendText(text: string): void {
    if (this.#side === null && !this.waiting) return;
    this.#request.addText(text);
  }

  /**
   * Hands what was gathered to the backend, or keeps it until there is one.
   *
   * @returns false when the client must not be read further until `resumeBody`.
   */
  flush(): boolean {
    const side = this.#side;
    if (side === null && !this.waiting) {
      this.#request.discard();
      return true;
    }
    const stream = side?.connected ? side.stream : null;
    if (!this.#request.gathering) return stream !== null && !stream.pending;
    if (stream === null) {
      this.#request.hold();
      return false;
    }
    this.#sent();
    return this.#request.flush(stream);
  }

  /** More of the request is with the backend, whose time to answer begins anew. */
  #sent(): void {
    this.#askedMs = this.#services.clock.now();
    this.#side!.onRequestSent(); // it has been sent there
  }

  /** A whole head of a response, interim ones included, is about to be passed on: from here on nothing is sent again. */
  onResponseBegun(): void {
    this.#request.kept.forget();
  }

  /** The backend has begun its final response. */
  onResponseHead(status: number): void {
    const backend = this.backend!; // the one that answers
    const nowMs = this.#services.clock.now();
    const ms = nowMs - this.#askedMs;
    this.ttfbMs = ms;
    if (!this.#judged) return;
    if (backend.timed) backend.responseTime.observe(ms, nowMs);
    if (backend.watched) backend.watcher?.onAnswer(status, ms);
  }

  onBackendConnected(): void {
    const side = this.#side;
    if (side === null) return;
    const nowMs = this.#services.clock.now();
    this.#askedMs = nowMs;
    if (!this.reused) this.connectMs = nowMs - this.#attemptMs;
    if (this.#request.kept.empty) return;
    side.onRequestSent();
    if (this.#request.sendKept(side.stream)) this.client.resumeBody();
  }

  /** The client may be written to again. */
  resumeResponse(): void {
    this.#side?.resume();
  }

  /** The client is gone or refused: nobody waits for the backend any more. */
  abandon(): void {
    this.#request.discard();
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
    this.#request.kept.forget();
    this.#choice.release();
  }

  /** An attempt failed; the next one, if it is safe and there is anybody to try, goes to another backend. */
  onAttemptFailed(failure: AttemptFailure): void {
    const { reason, detail, unsent, elsewhere, silent, answered } = failure;
    const failed = this.backend!; // set since the attempt began
    this.#side = null;
    failed.countFailure(reason);
    const died = reason === 'backend_closed' || reason === 'backend_reset';
    const raced = this.reused && silent && died;
    const nowMs = this.#services.clock.now();
    const durationMs = nowMs - this.#attemptMs;
    const attempt = { backend: failed.name, reason, durationMs, reused: this.reused };
    this.failedAttempts = [...this.failedAttempts, attempt];
    const unanswered = !answered && (died || reason === 'response_timeout');
    if ((unsent || unanswered) && !raced) this.#judge(failed, reason, nowMs);
    const { kept } = this.#request;
    const mayRepeat = unsent ? !kept.empty : unanswered && kept.repeatable;
    if (mayRepeat && this.#choice.retry(failed, { reason, unsent, elsewhere, raced, nowMs }))
      return;
    this.#detach();
    this.detail = detail;
    this.client.fail(reason);
  }

  /** The backend has failed an attempt before the head of a response was whole. */
  #judge(failed: Backend, reason: Reason, nowMs: number): void {
    failed.watcher?.onFailure(reason);
    if (!this.#judged) return;
    const { connectMs } = this.#route!.pool.options.timeouts; // set since the exchange began
    failed.observeSilence(nowMs - this.#askedMs, connectMs, nowMs);
  }
}

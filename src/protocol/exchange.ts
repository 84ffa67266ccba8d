import type { Backend } from '../backend/backend.ts';
import type { ExchangeRecord } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';
import { BODY_NONE } from '../http1/body-reader.ts';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { type ForwardedFields, writeRequestHead } from '../http1/write-request.ts';
import type { Pool } from '../pool/pool.ts';
import { Http1Backend } from './http1-backend.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';
import type { BackendSide, ClientSide } from './sides.ts';

const ACCEPT = fieldSet('accept');
/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const IDEMPOTENT = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|TRACE)$/;

const NOBODY: readonly Backend[] = [];

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
 * idempotent request without a body on a connection used before, until the first byte of the response (such a
 * connection may have been closed by the backend in the same moment: the keep-alive race).
 */
export class Exchange implements ExchangeRecord {
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
  #pool: Pool | null = null;
  #side: BackendSide | null = null;
  /** The request as sent so far, while it may have to be sent again. */
  #kept: Buffer | null = null;
  /** The request can be sent again although the backend may have read it. */
  #repeatable = false;
  /** Bytes of this exchange are in the writer, not yet flushed. */
  #gathering = false;
  #tried: readonly Backend[] = NOBODY;

  constructor(client: ClientSide, listener: string, services: Services) {
    this.client = client;
    this.listener = listener;
    this.#services = services;
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

  /** Picks a backend and gathers the request's head for it; the body follows by the client side's writes. */
  start(route: Route, head: RequestHead, forwarded: ForwardedFields): void {
    this.route = route.name;
    this.pool = route.pool.name;
    this.#pool = route.pool;
    this.#tried = NOBODY;
    this.#kept = null;
    this.#repeatable = head.bodyKind === BODY_NONE && IDEMPOTENT.test(head.method);
    this.requestSent = head.bodyKind === BODY_NONE;
    writeRequestHead(this.#services.buffers.out, head, route.requestEdits, forwarded);
    this.#gathering = true;
    this.#attempt(route.pool, route.pool.pick(), true);
  }

  get active(): boolean {
    return this.#side !== null;
  }

  /** @param reuse an idle connection will do; a retry wants a fresh one. */
  #attempt(pool: Pool, backend: Backend, reuse: boolean): void {
    this.backend = backend;
    this.attempts++;
    backend.requests++;
    backend.active++;
    const idle = reuse ? (backend.idle.take() as Http1Backend | null) : null; // only these are put there
    this.reused = idle !== null;
    if (idle !== null) idle.begin(this);
    this.#side = idle ?? new Http1Backend(this.#services, backend, pool.options, this);
  }

  /** Sends body bytes: gathers them behind what is gathered already, or passes them on at once. */
  sendBody(buffer: Buffer, start: number, end: number): void {
    const side = this.#side;
    if (side === null) return;
    const { out } = this.#services.buffers;
    if (this.#gathering && end - start <= out.room) {
      out.copy(buffer, start, end);
      return;
    }
    side.stream.write(buffer, start, end);
    side.onRequestSent();
  }

  /** Gathers framing of lb's own. */
  sendText(text: string): void {
    if (this.#side === null) return;
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
    if (!this.#gathering) return side === null || (side.connected && !side.stream.pending);
    this.#gathering = false;
    const { out } = this.#services.buffers;
    if (side === null) {
      out.length = 0;
      return true;
    }
    if (!side.connected || (this.reused && this.#repeatable)) {
      this.#kept = Buffer.from(out.buffer.subarray(0, out.length));
    }
    if (!side.connected) {
      out.length = 0;
      return false;
    }
    side.onRequestSent();
    return side.stream.flush(out);
  }

  onBackendConnected(): void {
    const side = this.#side;
    const kept = this.#kept;
    if (side === null || kept === null) return;
    this.#kept = null;
    side.onRequestSent();
    if (side.stream.write(kept, 0, kept.length)) this.client.resumeBody();
  }

  /** The client may be written to again. */
  resumeResponse(): void {
    this.#side?.resume();
  }

  /** The client is gone or refused: nobody waits for the backend any more. */
  abandon(): void {
    if (this.#gathering) this.#services.buffers.out.length = 0;
    this.#gathering = false;
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
    if (this.backend !== null) this.backend.active--;
  }

  #detach(): void {
    if (this.#side === null) return;
    this.#side = null;
    this.#kept = null;
    if (this.backend !== null) this.backend.active--;
  }

  /** An attempt failed; the next one, if it is safe and there is anybody to try, goes to another backend. */
  onAttemptFailed({ reason, detail, unsent, silent }: AttemptFailure): void {
    const failed = this.backend!; // set since the attempt began
    const kept = this.#kept;
    this.#detach();
    failed.countFailure(reason);
    const died = reason === 'backend_closed' || reason === 'backend_reset';
    const raced = this.reused && silent && died && this.#repeatable;
    if (kept !== null && (unsent || raced) && this.#retry(failed, kept, raced)) return;
    this.detail = detail;
    this.client.fail(reason);
  }

  /** @param sameWillDo the failed backend itself may be asked again, on a fresh connection. */
  #retry(failed: Backend, kept: Buffer, sameWillDo: boolean): boolean {
    const pool = this.#pool!; // set since the exchange began
    if (this.attempts > pool.options.retries.attempts) return false;
    this.#tried = [...this.#tried, failed];
    const next = pool.pickOther(this.#tried) ?? (sameWillDo ? failed : null);
    if (next === null) return false;
    this.#attempt(pool, next, false);
    this.#kept = kept;
    return true;
  }
}

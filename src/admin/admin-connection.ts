import { LbError } from '../foundation/lb-error.ts';
import type { Reason } from '../foundation/reason.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import { FAILED, type HeadLimits, HeadParser, MORE } from '../http1/head-parser.ts';
import { ownResponse } from '../http1/own-response.ts';
import { RequestHead } from '../http1/request-head.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import { type AdminAnswer, bytesOf, refusal } from './admin-answer.ts';
import { type AdminSubject, type Asked, answerTo, askedBy } from './endpoints.ts';
import { type BodyProgress, hasBody, RequestBody } from './request-body.ts';
import { readBody, readQuery } from './request-text.ts';
import type { Rights } from './rights.ts';

/** What curl, a browser or Prometheus sends is a tenth of it. */
const LIMITS: HeadLimits = { headerBytes: 8 * 1024, headerCount: 64, targetBytes: 1024 };

/** How long a client may take for each of: beginning a request, ending its head, its body, taking the answer, closing. */
const PATIENCE_MS = 5000;

const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');

/*
 *  idle ──first bytes──► head ──rest of it, or time is up──┐
 *   │ ▲                                                    ├──► body ──whole, too large, or time is up──┐
 *   │ │                                                    │                                            │
 *   ├─whole head───────────────────────────────────────────┘                                            ▼
 *   │ │                                                    └─without a body───────────────────────► working
 *   │ │                                                                                                 │
 *   │ └──────────── the next may follow ────────────── answering ◄────────── the answer is there ───────┘
 *   │                                                      └──it was the last──► closing: FIN is sent, and what
 *   └──time is up──► gone                                                         still comes is dropped, until
 *                                                                                 the client closes as well
 */
type Phase = 'idle' | 'head' | 'body' | 'working' | 'answering' | 'closing';

export interface AdminServices extends AdminSubject {
  readonly wheel: TimerWheel;
  /** Asked at each request: a reload may change them. */
  rights(): Rights;
  /** An endpoint has failed in a way that nobody foresaw. */
  onFault(error: unknown): void;
}

/** One client of an admin server; its requests are answered one at a time. */
export class AdminConnection implements ByteConsumer, Expirable {
  readonly #stream: ByteStream;
  readonly #services: AdminServices;
  readonly #onClosed: (connection: AdminConnection) => void;
  readonly #parser = new HeadParser('request');
  readonly #head = new RequestHead(this.#parser);
  readonly #body = new RequestBody();
  readonly #timer = new WheelTimer(this);
  #phase: Phase = 'idle';
  // What is needed of the head after its bytes are gone.
  #asked: Asked | null = null;
  #who = '';
  /** Of the request that is being worked on; null at other times. */
  #work: AbortController | null = null;
  /** The answer under way is the last one. */
  #last = false;

  constructor(
    stream: ByteStream,
    services: AdminServices,
    onClosed: (connection: AdminConnection) => void,
  ) {
    this.#stream = stream;
    this.#services = services;
    this.#onClosed = onClosed;
    this.#parser.reset(LIMITS);
    this.#enter('idle');
    stream.consumer = this;
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** Closes after the answer that is under way; at once, when there is none. */
  retire(): void {
    if (this.#phase === 'working' || this.#phase === 'answering') this.#last = true;
    else if (this.#phase !== 'closing') this.#stream.destroy();
  }

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    switch (this.#phase) {
      case 'closing':
        return true;
      case 'answering':
        return false;
      case 'working':
        // A client that does not wait for its answer gets one, and no more: it asks the rest again elsewhere.
        this.#last = true;
        return true;
      case 'body':
        return this.#readBody(buffer, start, end);
      default:
        return this.#readHead(buffer, start, end);
    }
  }

  #readHead(buffer: Buffer, start: number, end: number): boolean {
    const reached = this.#parser.consume(buffer, start, end);
    if (reached === FAILED) return this.#refuse(this.#parser.violation);
    if (reached === MORE) {
      if (this.#phase === 'idle') this.#enter('head');
      return true;
    }
    const head = this.#head;
    const violation = head.read();
    const { method, path, bodyKind, bodyLength } = head;
    if (violation !== null) return this.#refuse(violation, method === 'HEAD');
    this.#last = !head.keepAlive;
    this.#who = this.#nameOf(head);
    this.#asked = askedBy({ method, path, authorization: head.get('authorization') }, this.#rights);
    if (!hasBody(bodyKind, bodyLength)) return this.#begin(reached < end, '');
    // The rest of a body that nobody wants is dropped with the connection.
    if (this.#asked.kind === 'refused') return this.#send(this.#asked.answer, true);
    const takesBody = this.#asked.kind === 'endpoint' && method !== 'GET' && method !== 'HEAD';
    if (!takesBody || !this.#body.start(bodyKind, bodyLength)) {
      return this.#refuse('body_too_large', method === 'HEAD');
    }
    this.#enter('body');
    if (reached < end) return this.#readBody(buffer, reached, end);
    if (head.get('expect') !== null) this.#stream.write(CONTINUE, 0, CONTINUE.length);
    return true;
  }

  get #rights(): Rights {
    return this.#services.rights();
  }

  #readBody(buffer: Buffer, start: number, end: number): boolean {
    const progress: BodyProgress = this.#body.read(buffer, start, end);
    if (progress === 'more') return true;
    if (progress === 'too_large') return this.#refuse('body_too_large');
    if (progress === 'broken') return this.#refuse('bad_chunk_size');
    return this.#begin(this.#body.end < end, this.#body.text);
  }

  /** The request is whole. @param pipelined bytes follow it. */
  #begin(pipelined: boolean, text: string): boolean {
    const { query } = this.#head;
    if (pipelined) this.#last = true;
    const work = new AbortController();
    this.#work = work;
    this.#phase = 'working';
    this.#services.wheel.cancel(this.#timer);
    void this.#answer(query, text, work);
    return true;
  }

  async #answer(query: string, text: string, work: AbortController): Promise<void> {
    const answer = await this.#ask(query, text, work.signal).catch((error: unknown) => {
      this.#services.onFault(error);
      return refusal(500, 'lb failed to answer this: its log says more; please report it');
    });
    if (this.#work !== work) return; // the client has left
    this.#work = null;
    if (!this.#send(answer, this.#last)) this.#stream.pause();
  }

  async #ask(query: string, text: string, signal: AbortSignal): Promise<AdminAnswer> {
    const asked = this.#asked;
    if (asked === null) throw new Error('Cannot answer: nothing was asked');
    try {
      const request = { query: readQuery(query), body: readBody(text), who: this.#who, signal };
      return await answerTo(asked, request, this.#services);
    } catch (error) {
      if (error instanceof LbError && error.code === 'REQUEST_INVALID') {
        return refusal(400, error.message);
      }
      throw error;
    }
  }

  /** Those who hold the socket of lb's own user may say who they are; others are known by their token. */
  #nameOf(head: RequestHead): string {
    if (this.#rights.trusted) {
      const name = head.get('x-lb-user')?.slice(0, 100) ?? '';
      return name === '' ? 'control socket' : name;
    }
    return `admin token from ${this.#stream.remoteAddress}`;
  }

  onEnd(): void {
    // Whoever waits for an answer waits with an open connection: this one has given up.
    if (this.#phase === 'working') this.#stream.destroy();
    else this.#stream.endAndDestroy();
  }

  /** Never: the connection was accepted, not dialled. */
  onConnect(): void {}

  onDrain(): void {
    if (this.#phase !== 'answering') return;
    this.#answered();
    this.#stream.resume();
  }

  onClose(): void {
    this.#services.wheel.cancel(this.#timer);
    const work = this.#work;
    this.#work = null;
    work?.abort();
    this.#onClosed(this);
  }

  onDeadline(): void {
    if (this.#phase === 'head') this.#refuse('header_timeout');
    else if (this.#phase === 'body') this.#refuse('body_timeout');
    else this.#stream.destroy();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#services.wheel.schedule(this.#timer, PATIENCE_MS);
  }

  #refuse(reason: Reason, withoutBody = false): boolean {
    const text = ownResponse(reason, {
      accept: '',
      withoutBody,
      connection: 'close',
      reasonHeader: true,
      requestId: '',
      retryAfterSeconds: 1,
    });
    return this.#write(Buffer.from(text, 'latin1'), true);
  }

  #send(answer: AdminAnswer, last: boolean): boolean {
    return this.#write(bytesOf(answer, this.#head.method, last), last);
  }

  /** @returns whether to go on reading. */
  #write(bytes: Buffer, last: boolean): boolean {
    this.#last = last;
    this.#parser.reset(LIMITS);
    this.#enter('answering');
    if (!this.#stream.write(bytes, 0, bytes.length)) return false;
    this.#answered();
    return true;
  }

  #answered(): void {
    this.#enter(this.#last ? 'closing' : 'idle');
    if (this.#last) this.#stream.end();
  }
}

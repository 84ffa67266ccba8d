import type { Reason } from '../foundation/reason.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import { BODY_LENGTH, BODY_NONE } from '../http1/body-reader.ts';
import { FAILED, type HeadLimits, HeadParser, MORE } from '../http1/head-parser.ts';
import { ownResponse } from '../http1/own-response.ts';
import { RequestHead } from '../http1/request-head.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import { type AdminAnswer, type AdminSubject, ALLOWED_METHODS, answerTo } from './endpoints.ts';

/** What curl, a browser or Prometheus sends is a tenth of it. */
const LIMITS: HeadLimits = { headerBytes: 8 * 1024, headerCount: 64, targetBytes: 1024 };

/** How long a client may take for each of: beginning a request, ending its head, taking the answer, closing. */
const PATIENCE_MS = 5000;

/*
 *  idle ──first bytes──► head ──rest of it, or time is up──┐
 *   │ ▲                                                    ▼
 *   │ └──────────── the next may follow ────────────── answering ──it was the last──► closing: FIN is sent, and what
 *   └──whole head──────────────────────────────────────────▲                          still comes is dropped, until
 *                                                                                     the client closes as well
 */
type Phase = 'idle' | 'head' | 'answering' | 'closing';

export interface AdminServices extends AdminSubject {
  readonly wheel: TimerWheel;
}

/** One client of the admin listener; its requests are answered one at a time. */
export class AdminConnection implements ByteConsumer, Expirable {
  readonly #stream: ByteStream;
  readonly #services: AdminServices;
  readonly #onClosed: (connection: AdminConnection) => void;
  readonly #parser = new HeadParser('request');
  readonly #head = new RequestHead(this.#parser);
  readonly #timer = new WheelTimer(this);
  #phase: Phase = 'idle';
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

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    if (this.#phase === 'closing') return true;
    if (this.#phase === 'answering') return false;
    const reached = this.#parser.consume(buffer, start, end);
    if (reached === FAILED) return this.#refuse(this.#parser.violation);
    if (reached === MORE) {
      if (this.#phase === 'idle') this.#enter('head');
      return true;
    }
    const refusal = this.#head.read() ?? this.#bodyRefusal();
    if (refusal !== null) return this.#refuse(refusal, this.#head.method === 'HEAD');
    // A client that does not wait for its answer gets one, and no more: it asks the rest again elsewhere.
    return this.#answer(reached < end);
  }

  onEnd(): void {
    this.#stream.endAndDestroy();
  }

  /** Never: the connection was accepted, not dialled. */
  onConnect(): void {}

  onDrain(): void {
    this.#answered();
    this.#stream.resume();
  }

  onClose(): void {
    this.#services.wheel.cancel(this.#timer);
    this.#onClosed(this);
  }

  onDeadline(): void {
    if (this.#phase === 'head') this.#refuse('header_timeout');
    else this.#stream.destroy();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#services.wheel.schedule(this.#timer, PATIENCE_MS);
  }

  #bodyRefusal(): Reason | null {
    const { bodyKind, bodyLength } = this.#head;
    const empty = bodyKind === BODY_NONE || (bodyKind === BODY_LENGTH && bodyLength === 0);
    return empty ? null : 'body_too_large';
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
    return this.#send(Buffer.from(text, 'latin1'), true);
  }

  #answer(pipelined: boolean): boolean {
    const { keepAlive, method, path } = this.#head;
    const last = pipelined || !keepAlive;
    const answer = answerTo(this.#services, method, path);
    const body = Buffer.from(answer.body);
    const head = Buffer.from(headText(answer, body.length, last), 'latin1');
    this.#parser.reset(LIMITS);
    return this.#send(method === 'HEAD' ? head : Buffer.concat([head, body]), last);
  }

  /** @returns whether to go on reading. */
  #send(bytes: Buffer, last: boolean): boolean {
    this.#last = last;
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

function headText(answer: AdminAnswer, bodyBytes: number, last: boolean): string {
  const lines = [
    `HTTP/1.1 ${answer.status}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Type: ${answer.contentType}`,
    `Content-Length: ${bodyBytes}`,
    'Cache-Control: no-store',
    ...(answer.status.startsWith('405') ? [`Allow: ${ALLOWED_METHODS.join(', ')}`] : []),
    `Connection: ${last ? 'close' : 'keep-alive'}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

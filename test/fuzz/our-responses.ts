import { BODY_UNTIL_CLOSE, BodyReader } from '../../src/http1/body-reader.ts';
import { BROKEN } from '../../src/http1/chunked-decoder.ts';
import { FAILED, HeadParser, MORE } from '../../src/http1/head-parser.ts';
import { ResponseHead } from '../../src/http1/response-head.ts';
import { type Asked, type Input, piecesOf } from './input.ts';
import { fieldsOf, LIMITS, scratchOf, trailersOf } from './our-parts.ts';
import type { Message, Reading } from './reading.ts';

const HEAD = 0;
const BODY = 1;
/** Behind a 101: no longer HTTP. */
const SWITCHED = 2;

/**
 * Reads the answer to one request the way the backend side of a connection does, without sockets; the end of the
 * input is the end of the connection. One serves all inputs in turn.
 */
export class OurResponses {
  readonly #head = new ResponseHead(new HeadParser('response'));
  readonly #body = new BodyReader();
  #asked: Asked = 'get';
  #state = HEAD;
  #messages: Message[] = [];
  #ending: Reading['ending'] = 'open';
  #why = '';

  read(input: Input): Reading {
    this.#asked = input.asked;
    this.#state = HEAD;
    this.#messages = [];
    this.#ending = 'open';
    this.#why = '';
    this.#head.parser.reset(LIMITS);
    for (const [start, end] of piecesOf(input)) {
      this.#readPiece(scratchOf(input.bytes, start, end));
      if (this.#ending !== 'open') break;
    }
    if (this.#ending === 'open') this.#readEnd();
    return { messages: this.#messages, ending: this.#ending, why: this.#why };
  }

  #readPiece({ buffer, start, end }: { buffer: Buffer; start: number; end: number }): void {
    let at = start;
    while (at < end && this.#ending === 'open') at = this.#readPart(buffer, at, end);
    // The parser may keep offsets and copies, never the bytes: they are gone now.
    buffer.fill(0x58);
  }

  #readPart(buffer: Buffer, start: number, end: number): number {
    if (this.#state === HEAD) return this.#readHead(buffer, start, end);
    if (this.#state === BODY) return this.#readBody(buffer, start, end);
    this.#messages.at(-1)!.body += buffer.toString('latin1', start, end);
    return end;
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    const head = this.#head;
    const next = head.parser.consume(buffer, start, end);
    if (next === FAILED) this.#refuse(head.parser.violation);
    if (next === FAILED || next === MORE) return end;
    const violation = head.read(this.#asked === 'head' ? 'HEAD' : 'GET');
    if (violation !== null || (head.status === 101 && this.#asked !== 'upgrade')) {
      this.#refuse(violation ?? 'bad_switch');
      return end;
    }
    this.#messages.push({
      start: String(head.status),
      host: '',
      fields: fieldsOf(head.parser.fields),
      body: '',
      trailers: [],
      complete: head.interim,
    });
    if (!head.interim) this.#startBody();
    head.parser.reset(LIMITS);
    return next;
  }

  #startBody(): void {
    const head = this.#head;
    if (head.status === 101) {
      this.#state = SWITCHED;
      return;
    }
    this.#state = BODY;
    this.#body.start(head.bodyKind, head.bodyLength);
    if (this.#body.done) this.#complete();
  }

  #readBody(buffer: Buffer, start: number, end: number): number {
    const body = this.#body;
    const next = body.read(buffer, start, end);
    if (next === BROKEN) {
      this.#refuse(body.violation);
      return end;
    }
    this.#messages.at(-1)!.body += buffer.toString('latin1', body.dataStart, body.dataEnd);
    if (body.done) this.#complete();
    return next;
  }

  /** The connection has closed: that ends some bodies rightly, and cuts others. */
  #readEnd(): void {
    const untilClose = this.#state === BODY && this.#body.kind === BODY_UNTIL_CLOSE;
    if (untilClose || this.#state === SWITCHED) this.#complete();
  }

  #complete(): void {
    const message = this.#messages.at(-1)!;
    message.complete = true;
    message.trailers = this.#state === BODY ? trailersOf(this.#body.trailers) : [];
    this.#ending = 'closed';
  }

  #refuse(why: string): void {
    this.#ending = 'refused';
    this.#why = why;
  }
}

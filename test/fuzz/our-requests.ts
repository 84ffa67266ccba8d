import { BodyReader } from '../../src/http1/body-reader.ts';
import { BROKEN } from '../../src/http1/chunked-decoder.ts';
import { FAILED, HeadParser, MORE } from '../../src/http1/head-parser.ts';
import { RequestHead } from '../../src/http1/request-head.ts';
import { type Input, piecesOf } from './input.ts';
import { fieldsOf, LIMITS, scratchOf, trailersOf } from './our-parts.ts';
import type { Message, Reading } from './reading.ts';

/** Reads requests the way the client side of a connection does, without sockets. One serves all inputs in turn. */
export class OurRequests {
  readonly #head = new RequestHead(new HeadParser('request'));
  readonly #body = new BodyReader();
  #messages: Message[] = [];
  #ending: Reading['ending'] = 'open';
  #why = '';

  read(input: Input): Reading {
    this.#messages = [];
    this.#ending = 'open';
    this.#why = '';
    this.#body.done = true;
    this.#head.parser.reset(LIMITS);
    for (const [start, end] of piecesOf(input)) {
      this.#readPiece(scratchOf(input.bytes, start, end));
      if (this.#ending !== 'open') break;
    }
    return { messages: this.#messages, ending: this.#ending, why: this.#why };
  }

  #readPiece({ buffer, start, end }: { buffer: Buffer; start: number; end: number }): void {
    let at = start;
    while (at < end && this.#ending === 'open') {
      at = this.#body.done ? this.#readHead(buffer, at, end) : this.#readBody(buffer, at, end);
    }
    // The parser may keep offsets and copies, never the bytes: they are gone now.
    buffer.fill(0x58);
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    const head = this.#head;
    const next = head.parser.consume(buffer, start, end);
    if (next === FAILED) this.#refuse(head.parser.violation);
    if (next === FAILED || next === MORE) return end;
    const refusal = head.read();
    if (refusal !== null) {
      this.#refuse(refusal);
      return end;
    }
    const { bytes, base, targetStart, targetEnd } = head.parser;
    const target = bytes.toString('latin1', base + targetStart, base + targetEnd);
    this.#messages.push({
      start: `${head.method} ${target}`,
      host: head.host,
      fields: fieldsOf(head.parser.fields),
      body: '',
      trailers: [],
      complete: false,
    });
    this.#body.start(head.bodyKind, head.bodyLength);
    if (this.#body.done) this.#complete();
    return next;
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

  #complete(): void {
    const message = this.#messages.at(-1)!;
    message.complete = true;
    message.trailers = trailersOf(this.#body.trailers);
    if (!this.#head.keepAlive) this.#ending = 'closed';
    this.#head.parser.reset(LIMITS);
  }

  #refuse(why: string): void {
    this.#ending = 'refused';
    this.#why = why;
  }
}

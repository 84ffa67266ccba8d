import type { Reason } from '../../src/foundation/reason.ts';
import { BODY_UNTIL_CLOSE, type BodyKind, BodyReader } from '../../src/http1/body-reader.ts';
import { BROKEN } from '../../src/http1/chunked-decoder.ts';
import { FAILED, type HeadLimits, type HeadParser, MORE } from '../../src/http1/head-parser.ts';
import { visible } from './notation.ts';
import type { Piece } from './pieces.ts';

/** What a whole head says. */
export interface ReadHead {
  readonly refusal: Reason | null;
  readonly events: readonly string[];
  readonly bodyKind: BodyKind;
  readonly bodyLength: number;
  /** The event at the end of the message; null for a switch of protocols, which has none. */
  readonly endEvent: 'end' | 'interim' | null;
  /** Another head may follow on this connection. */
  readonly another: boolean;
}

/** The two kinds of message: requests, one after the other, and the response to one request. */
export interface MessageReader {
  readonly parser: HeadParser;
  /** Reads the head that the parser has reached the end of. */
  readHead(): ReadHead;
}

const HEAD = 0;
const BODY = 1;
const OVER = 2;
const REFUSED = 3;

/** One end of a connection: turns the bytes that arrive into the events that a document expects. */
class WireReader {
  readonly events: string[] = [];
  readonly #messages: MessageReader;
  readonly #limits: HeadLimits;
  readonly #body = new BodyReader();
  #state = HEAD;
  #head: ReadHead | null = null;
  #data = '';
  /** Bytes behind the last message that is read from this connection. */
  #unread = 0;

  constructor(messages: MessageReader, limits: HeadLimits) {
    this.#messages = messages;
    this.#limits = limits;
    messages.parser.reset(limits);
  }

  read({ buffer, start, end }: Piece): void {
    let at = start;
    while (at < end && this.#state !== REFUSED) {
      if (this.#state === OVER) {
        this.#unread += end - at;
        return;
      }
      at = this.#state === HEAD ? this.#readHead(buffer, at, end) : this.#readBody(buffer, at, end);
    }
  }

  /** The peer has closed the connection. */
  close(): void {
    if (this.#state === BODY) {
      this.#flushData();
      this.events.push(this.#body.kind === BODY_UNTIL_CLOSE ? 'end' : 'incomplete body');
    } else if (this.#state === HEAD && this.#messages.parser.started) {
      this.events.push('incomplete head');
    } else if (this.#unread > 0) {
      this.events.push(`unread ${this.#unread} bytes`);
    }
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    const { parser } = this.#messages;
    const next = parser.consume(buffer, start, end);
    if (next === MORE) return end;
    if (next === FAILED) return this.#refuse(parser.violation, end);
    const head = this.#messages.readHead();
    this.#head = head;
    this.events.push(...head.events);
    if (head.refusal !== null) return this.#refuse(head.refusal, end);
    this.#body.start(head.bodyKind, head.bodyLength);
    this.#state = BODY;
    if (this.#body.done) this.#endMessage(head);
    return next;
  }

  #readBody(buffer: Buffer, start: number, end: number): number {
    const body = this.#body;
    const next = body.read(buffer, start, end);
    if (next === BROKEN) return this.#refuse(body.violation, end);
    this.#data += buffer.toString('latin1', body.dataStart, body.dataEnd);
    if (body.done) this.#endMessage(this.#head!); // a body only follows a head
    return next;
  }

  #refuse(reason: Reason, end: number): number {
    this.#flushData();
    this.events.push(`refused ${reason}`);
    this.#state = REFUSED;
    return end;
  }

  #endMessage(head: ReadHead): void {
    this.#flushData();
    for (const line of this.#body.trailers.split('\r\n').slice(0, -1)) {
      this.events.push(`trailer ${visible(line)}`);
    }
    if (head.endEvent !== null) this.events.push(head.endEvent);
    this.#state = head.another ? HEAD : OVER;
    if (head.another) this.#messages.parser.reset(this.#limits);
  }

  /** Where data was cut on its way is no part of the message. */
  #flushData(): void {
    if (this.#data !== '') this.events.push(`data "${visible(this.#data)}"`);
    this.#data = '';
  }
}

/** @returns what bytes mean that arrive in these pieces and are followed by a close. */
export function eventsOf(
  messages: MessageReader,
  limits: HeadLimits,
  pieces: Iterable<Piece>,
): readonly string[] {
  const reader = new WireReader(messages, limits);
  for (const piece of pieces) reader.read(piece);
  reader.close();
  return reader.events;
}

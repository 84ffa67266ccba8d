import type { Reason } from '../foundation/reason.ts';
import { BODY_CHUNKED, BodyReader } from '../http1/body-reader.ts';
import { BROKEN } from '../http1/chunked-decoder.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { Exchange } from './exchange.ts';

/** Passes a request's body from the client's bytes to its exchange, framed anew and within its limit. */
export class RequestBody {
  readonly #reader = new BodyReader();
  readonly #exchange: Exchange;
  readonly #maxBytes: number;
  /** Why `relay` answered BROKEN. */
  violation: Reason = 'body_too_large';

  /** @param maxBytes 0: no limit. */
  constructor(exchange: Exchange, maxBytes: number) {
    this.#exchange = exchange;
    this.#maxBytes = maxBytes;
  }

  get done(): boolean {
    return this.#reader.done;
  }

  start(head: RequestHead): void {
    this.#reader.start(head.bodyKind, head.bodyLength);
  }

  /** @returns where the bytes that belong to this body end; or BROKEN. */
  relay(buffer: Buffer, start: number, end: number): number {
    const reader = this.#reader;
    const next = reader.read(buffer, start, end);
    if (next === BROKEN || (this.#maxBytes > 0 && reader.total > this.#maxBytes)) {
      this.violation = next === BROKEN ? reader.violation : 'body_too_large';
      return BROKEN;
    }
    this.#exchange.bytesIn = reader.total;
    if (reader.dataEnd > reader.dataStart) this.#send(buffer, reader.dataStart, reader.dataEnd);
    if (reader.done) this.#end();
    return next;
  }

  /** Chunks are framed anew: no byte of the client's own framing reaches a backend. */
  #send(buffer: Buffer, start: number, end: number): void {
    const exchange = this.#exchange;
    if (this.#reader.kind !== BODY_CHUNKED) {
      exchange.sendBody(buffer, start, end);
      return;
    }
    exchange.sendText(`${(end - start).toString(16)}\r\n`);
    exchange.sendBody(buffer, start, end);
    exchange.sendText('\r\n');
  }

  #end(): void {
    if (this.#reader.kind === BODY_CHUNKED) this.#exchange.sendText('0\r\n\r\n');
    this.#exchange.requestSent = true;
  }
}

import type { Reason } from '../foundation/reason.ts';
import { BODY_CHUNKED, BodyReader } from '../http1/body-reader.ts';
import { BROKEN } from '../http1/chunked-decoder.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { expectsContinue } from '../middleware/request-policy.ts';
import type { Exchange } from './exchange.ts';

/** A backend may take this long to say whether it wants the body of an `Expect: 100-continue` request. */
const CONTINUE_MS = 1000;
/** A body is given this long, then must keep up with the rate, on average, for as long as lb is ready to take it. */
const GRACE_MS = 5000;

export interface BodyLimits {
  /** 0: no limit. */
  readonly bodyBytes: number;
  /** Bytes per second; 0: no limit. */
  readonly bodyRate: number;
}

/** Read anew for each request, and for each of its waits: a reload may change both. */
export interface BodyRules {
  readonly limits: BodyLimits;
  readonly timeouts: {
    /** Longest pause between two reads. */ readonly bodyStallMs: number;
  };
}

/** Passes a request's body from the client's bytes to its exchange, framed anew and within its limits. */
export class RequestBody {
  readonly #reader = new BodyReader();
  readonly #exchange: Exchange;
  readonly #rules: BodyRules;
  /** When the present rate began to count; moved on by what lb itself made the client wait. */
  #startedMs = 0;
  #pausedMs = 0;
  /** The client waits for a 100 before it sends its body, and nobody has said it yet (RFC 9110 §10.1.1). */
  continueOwed = false;
  /** Why `relay` answered BROKEN. */
  violation: Reason = 'body_too_large';

  constructor(exchange: Exchange, rules: BodyRules) {
    this.#exchange = exchange;
    this.#rules = rules;
  }

  get done(): boolean {
    return this.#reader.done;
  }

  start(head: RequestHead, nowMs: number): void {
    this.continueOwed = expectsContinue(head);
    this.#startedMs = nowMs;
    this.#pausedMs = 0;
    this.#reader.start(head.bodyKind, head.bodyLength);
  }

  /** @returns where the bytes that belong to this body end; or BROKEN. */
  relay(buffer: Buffer, start: number, end: number): number {
    this.continueOwed = false;
    const reader = this.#reader;
    const next = reader.read(buffer, start, end);
    const { bodyBytes } = this.#rules.limits;
    if (next === BROKEN || (bodyBytes > 0 && reader.total > bodyBytes)) {
      this.violation = next === BROKEN ? reader.violation : 'body_too_large';
      return BROKEN;
    }
    this.#exchange.bytesIn = reader.total;
    if (reader.dataEnd > reader.dataStart) this.#send(buffer, reader.dataStart, reader.dataEnd);
    if (reader.done) this.#end();
    return next;
  }

  /** How long the client may take until its next bytes: up to the stall limit, less if it has been too slow so far. */
  patienceMs(nowMs: number): number {
    if (this.continueOwed) return CONTINUE_MS;
    const { limits, timeouts } = this.#rules;
    const { bodyRate } = limits;
    if (bodyRate === 0) return timeouts.bodyStallMs;
    const earnedMs = (this.#reader.total * 1000) / bodyRate;
    return Math.min(
      timeouts.bodyStallMs,
      Math.max(0, this.#startedMs + GRACE_MS + earnedMs - nowMs),
    );
  }

  /** The client is not being read, because the backend is behind. */
  pause(nowMs: number): void {
    this.#pausedMs = nowMs;
  }

  /** What passes now is not the client's time. */
  get paused(): boolean {
    return this.#pausedMs > 0;
  }

  resume(nowMs: number): void {
    if (this.#pausedMs > 0) this.#startedMs += nowMs - this.#pausedMs;
    this.#pausedMs = 0;
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

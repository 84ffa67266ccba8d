/** A stream with bytes to send at the end of this turn of the event loop. */
export interface DeferredWriter {
  sendDeferred(): void;
}

/** With fewer streams open than this, hardly ever do two write in one turn, and waiting for its end only costs. */
const MIN_STREAMS = 16;
/**
 * So many wait at most: enough to find their readers still awake. Were there a thousand, each connection would have left
 * the processor's cache between its read and its write (11 % of all CPU time per request at 8,000 connections).
 */
const MAX_WAITING = 32;
/** What is larger does not wait. */
const MAX_BYTES = 4 * 1024;

/**
 * Small writes of one turn of the event loop, sent together when all that was ready has been read. One by one, each
 * write would wake its reader, which would be asleep again before the next: on a machine that has anything else to do
 * that costs more than the write itself (17 % of all CPU time per request at 64 connections).
 */
export class TurnWrites {
  /** Streams open now. */
  openStreams = 0;
  #waiting: DeferredWriter[] = [];
  #spare: DeferredWriter[] = [];
  #bytes = Buffer.allocUnsafeSlow(MAX_WAITING * MAX_BYTES);
  #used = 0;
  /** The end of the turn is waited for. */
  #scheduled = false;

  /** @returns a copy of the first `length` bytes, to be sent by `sendDeferred`; null when the writer had better send at once. */
  defer(writer: DeferredWriter, buffer: Buffer, length: number): Buffer | null {
    if (length > MAX_BYTES || this.openStreams < MIN_STREAMS) return null;
    if (this.#waiting.length === MAX_WAITING) this.#sendAll();
    if (!this.#scheduled) setImmediate(this.#onTurnEnd);
    this.#scheduled = true;
    const start = this.#used;
    const end = start + length;
    this.#waiting.push(writer);
    buffer.copy(this.#bytes, start, 0, length);
    this.#used = end;
    return this.#bytes.subarray(start, end);
  }

  /** The kernel still reads from what `defer` answered: it must not be overwritten. */
  lend(): void {
    this.#bytes = Buffer.allocUnsafeSlow(MAX_WAITING * MAX_BYTES);
    this.#used = 0;
  }

  readonly #onTurnEnd = (): void => {
    this.#scheduled = false;
    this.#sendAll();
  };

  #sendAll(): void {
    const writers = this.#waiting;
    this.#waiting = this.#spare;
    for (const writer of writers) writer.sendDeferred();
    writers.length = 0;
    this.#spare = writers;
    this.#used = 0;
  }
}

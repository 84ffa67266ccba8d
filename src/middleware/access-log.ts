import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import { AccessLine, type LineOptions } from './access-line.ts';
import { LineWriter } from './line-writer.ts';
import { thousandths } from './log-text.ts';

/** Handing over costs the same for one line as for two hundred. */
const BATCH_BYTES = 64 * 1024;
/** More than almost every line. */
const LINE_BYTES = 4 * 1024;

/** Takes batches of whole lines, and keeps their bytes, without ever making the caller wait. */
export interface LineDestination {
  /** @returns false for a batch that is dropped, because too much is waiting already. */
  write(lines: Buffer): boolean;
}

/** Which lines are written, and what they tell. */
export interface AccessLogOptions extends LineOptions {
  /** Of the lines that are neither about a failure nor about something slow, how many are written. */
  readonly samplePercent: number;
  /** From this duration on an exchange is slow; 0: none is. */
  readonly slowMs: number;
}

export interface AccessLogServices {
  readonly destination: LineDestination;
  readonly wheel: TimerWheel;
  /** How long a line may wait for others to be written with. */
  readonly flushEveryMs: number;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Writes one JSON object per exchange or session, one per line; docs/logs.md lists the fields. */
export class AccessLog implements ExchangeObserver, Expirable {
  /** Lines the destination refused because it was too far behind. */
  dropped = 0;
  /** Lines not written because `sample` left them out. */
  sampledOut = 0;
  readonly #services: AccessLogServices;
  readonly #timer = new WheelTimer(this);
  #options: AccessLogOptions;
  #lineOf: AccessLine;
  readonly #out = new LineWriter(BATCH_BYTES + LINE_BYTES);
  #lineCount = 0;
  #timeMs = -1;
  #timeText = '';
  /** The present second, as far as its text goes: `2026-01-31T12:00:00`. */
  #second = -1;
  #secondText = '';

  constructor(options: AccessLogOptions, services: AccessLogServices) {
    this.#options = options;
    this.#services = services;
    this.#lineOf = new AccessLine(options);
  }

  /** Holds for the lines from now on. */
  update(options: AccessLogOptions): void {
    this.#options = options;
    this.#lineOf = new AccessLine(options);
  }

  onExchange(record: ExchangeRecord): void {
    if (this.#options.samplePercent < 100 && this.#isLeftOut(record)) {
      this.sampledOut++;
      return;
    }
    const out = this.#out;
    const start = out.length;
    this.#lineOf.write(out, record, this.#time());
    if (out.length > BATCH_BYTES && start > 0) this.#hand(start);
    if (this.#lineCount === 0) {
      const { wheel, flushEveryMs } = this.#services;
      wheel.schedule(this.#timer, flushEveryMs);
    }
    this.#lineCount++;
    // A line may be longer than any batch: every byte of a target can need six.
    if (out.length > BATCH_BYTES) this.flush();
  }

  /** Nothing is, of which somebody might ask why it went as it did. */
  #isLeftOut(record: ExchangeRecord): boolean {
    const { slowMs, samplePercent } = this.#options;
    const { status, reason, failedAttempts, startedMs, endedMs } = record;
    if (status >= 500 || reason !== null || failedAttempts.length > 0) return false;
    if (slowMs > 0 && endedMs - startedMs >= slowMs) return false;
    return this.#services.random() * 100 >= samplePercent;
  }

  onDeadline(): void {
    this.flush();
  }

  /** Hands over what is collected; for shutdown, before the destination itself is flushed. */
  flush(): void {
    if (this.#lineCount > 0) this.#hand(this.#out.length);
  }

  /** Hands over the first `length` bytes of what is collected. */
  #hand(length: number): void {
    const { destination, wheel } = this.#services;
    const count = this.#lineCount;
    this.#lineCount = 0;
    wheel.cancel(this.#timer);
    if (!destination.write(this.#out.take(length))) this.dropped += count;
  }

  /** RFC 3339 in UTC. Formatting a date costs as much as half a line, so it is done once per second. */
  #time(): string {
    const nowMs = this.#services.wallClock();
    if (nowMs === this.#timeMs) return this.#timeText;
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, -'.000Z'.length);
    }
    this.#timeMs = nowMs;
    this.#timeText = `${this.#secondText}.${thousandths[nowMs - second * 1000]}Z`;
    return this.#timeText;
  }
}

import { isUtf8 } from 'node:buffer';
import type { Backend } from '../backend/backend.ts';
import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';

/** Handing over costs the same for one line as for two hundred. */
const BATCH_BYTES = 64 * 1024;
/** Up to this size a batch is copied rather than given away with its buffer. */
const SMALL_BATCH_BYTES = 8 * 1024;

/**
 * Takes batches of whole lines, and keeps their bytes, without ever making the caller wait; beyond what may wait it
 * refuses a batch and says so.
 */
export interface LineDestination {
  write(lines: Buffer): unknown;
  /** Told from within the `write` whose text is refused. */
  on(event: 'drop', listener: () => void): unknown;
}

export interface AccessLogOptions {
  readonly destination: LineDestination;
  readonly wheel: TimerWheel;
  /** How long a line may wait for others to be written with. */
  readonly flushEveryMs: number;
  /** Milliseconds since 1970, as `Date.now`. */
  readonly wallClock: () => number;
}

/**
 * Writes one JSON object per exchange or session, one per line; docs/metrics.md lists the fields.
 *
 * Hot: the line is concatenated from parts that are known to be safe, because a general logger takes five times as long
 * (bench/micro/access-log.ts). Text from peers goes through `byteText` and can neither end a string nor a line.
 */
export class AccessLog implements ExchangeObserver, Expirable {
  /** Lines the destination refused because it was too far behind. */
  dropped = 0;
  readonly #destination: LineDestination;
  readonly #wheel: TimerWheel;
  readonly #flushEveryMs: number;
  readonly #wallClock: () => number;
  readonly #timer = new WheelTimer(this);
  /** Where each backend was last reached through; gone with the backend. */
  readonly #places = new WeakMap<Backend, Place>();
  #batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #used = 0;
  #lineCount = 0;
  /** Lines the destination is being given; 0 between two batches, so that nobody else's drop is counted. */
  #handedCount = 0;
  #timeMs = -1;
  #timeText = '';
  /** The present second, as far as its text goes: `2026-01-31T12:00:00`. */
  #second = -1;
  #secondText = '';

  constructor(options: AccessLogOptions) {
    this.#destination = options.destination;
    this.#wheel = options.wheel;
    this.#flushEveryMs = options.flushEveryMs;
    this.#wallClock = options.wallClock;
    this.#destination.on('drop', () => {
      this.dropped += this.#handedCount;
    });
  }

  onExchange(record: ExchangeRecord): void {
    const line = this.#line(record);
    if (line.length > BATCH_BYTES - this.#used) this.flush();
    if (this.#lineCount === 0) this.#wheel.schedule(this.#timer, this.#flushEveryMs);
    this.#lineCount++;
    // A line may be longer than any batch: every byte of a target can need six.
    if (line.length > BATCH_BYTES) this.#hand(Buffer.from(line, 'latin1'));
    else this.#used += this.#batch.write(line, this.#used, 'latin1');
  }

  onDeadline(): void {
    this.flush();
  }

  /** Hands over what is collected; for shutdown, before the destination itself is flushed. */
  flush(): void {
    if (this.#lineCount === 0) return;
    const lines = this.#batch.subarray(0, this.#used);
    this.#used = 0;
    if (lines.length <= SMALL_BATCH_BYTES) {
      this.#hand(Buffer.from(lines));
    } else {
      this.#batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
      this.#hand(lines);
    }
  }

  #hand(lines: Buffer): void {
    this.#handedCount = this.#lineCount;
    this.#lineCount = 0;
    this.#wheel.cancel(this.#timer);
    this.#destination.write(lines);
    this.#handedCount = 0;
  }

  #line(record: ExchangeRecord): string {
    const { clientAddress, clientPort, protocol, reason, detail, bytesIn, bytesOut } = record;
    const durationMs = millisecondsText(record.endedMs - record.startedMs);
    const waited = record.queueMs === 0 ? '' : `,"queue_ms":${millisecondsText(record.queueMs)}`;
    const isTcp = protocol === 'tcp';
    const request = isTcp ? ',"protocol":"tcp"' : requestText(record);
    const id = isTcp ? '' : `,"request_id":"${byteText(record.requestId)}"`;
    const why = detail === null ? `"${reason ?? ''}"` : `"${reason ?? ''}","detail":"${detail}"`;
    return (
      `{"time":"${this.#time()}"${id},"client_ip":"${byteText(clientAddress)}"` +
      `,"client_port":${clientPort}${this.#place(record)}${request}` +
      `,"reason":${why},"bytes_in":${bytesIn},"bytes_out":${bytesOut}` +
      `,"duration_ms":${durationMs}${waited},"attempts":${record.attempts},"reused":${record.reused}}\n`
    );
  }

  /** Nearly every line repeats one that this backend was in: finding it saves a quarter of the whole. */
  #place(record: ExchangeRecord): string {
    const { backend, listener, route } = record;
    if (backend === null) return placeText(record);
    const known = this.#places.get(backend);
    if (known !== undefined && known.route === route && known.listener === listener) {
      return known.text;
    }
    const text = placeText(record);
    this.#places.set(backend, { listener, route, text });
    return text;
  }

  /** RFC 3339 in UTC. Formatting a date costs as much as half a line, so it is done once per second. */
  #time(): string {
    const nowMs = this.#wallClock();
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

/** The fields from listener to backend, as text. */
interface Place {
  readonly listener: string;
  readonly route: string;
  readonly text: string;
}

function placeText(record: ExchangeRecord): string {
  const { backend, listener, pool, protocol, route } = record;
  const routeText = protocol === 'tcp' ? '' : `,"route":"${nameText(route)}"`;
  const backendName = backend === null ? '' : nameText(backend.name);
  return (
    `,"listener":"${nameText(listener)}"${routeText}` +
    `,"pool":"${nameText(pool)}","backend":"${backendName}"`
  );
}

function requestText(record: ExchangeRecord): string {
  return (
    `,"method":"${byteText(record.method)}","host":"${byteText(record.host)}"` +
    `,"path":"${byteText(record.path)}","protocol":"${record.protocol}","status":${record.status}`
  );
}

/** "000" to "999": making the text of a fraction costs ten times as much as finding it here. */
const thousandths = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

/** Three decimals, by way of whole microseconds. */
function millisecondsText(ms: number): string {
  const microseconds = Math.round(ms * 1000);
  const whole = Math.floor(microseconds / 1000);
  return `${whole}.${thousandths[microseconds - whole * 1000]}`;
}

/** All but printable ASCII without `"` and `\`; what a JSON string can hold, and more, such as DEL. */
const UNUSUAL = /[^ !#-[\]-~]/;
/** What JSON does not oblige to escape; escaped all the same, so that a line is ASCII: no terminal obeys it, no reader of lines breaks it. */
const NOT_ASCII = /[\x7f-\uffff]/g;

/** The inside of a JSON string for a name of the configuration, which may be any Unicode text. */
function nameText(name: string): string {
  return UNUSUAL.test(name) ? escapeText(name) : name;
}

/**
 * The inside of a JSON string for bytes from a peer, one per character. What is UTF-8 is written as the text it
 * encodes; otherwise each byte above 0x7f as its number, `\u00XX`.
 */
function byteText(bytes: string): string {
  if (!UNUSUAL.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return escapeText(isUtf8(buffer) ? buffer.toString('utf8') : bytes);
}

function escapeText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

import { type Address, formatAddress } from '../foundation/address.ts';
import { parseStatusRange, type StatusRange } from '../foundation/status-codes.ts';
import { BODY_UNTIL_CLOSE, BodyReader } from '../http1/body-reader.ts';
import { BROKEN } from '../http1/chunked-decoder.ts';
import { FAILED, MORE } from '../http1/head-parser.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { defineCheck, failed, PASSED, type ProbeResult } from './check.ts';
import { type Dialogue, ProbeConnection } from './probe-connection.ts';
import type { ResponseHeads } from './response-heads.ts';

export interface HttpCheckOptions {
  readonly method: string;
  readonly path: string;
  /** Of the Host field; '' for the address of the backend. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Status codes and ranges of them. */
  readonly expected_codes: readonly string[];
  /** Must appear in the body; '' when any body will do. */
  readonly expected_body: string;
  /** Pattern that the body must match; '' for none. */
  readonly expected_body_regex: string;
}

const HEAD_LIMITS = { headerBytes: 64 * 1024, headerCount: 1000, targetBytes: 0 };
/** What is looked through for the expected body. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_INTERIM = 32;

class HttpDialogue implements Dialogue {
  readonly opening: Buffer;
  readonly #heads: ResponseHeads;
  readonly #method: string;
  readonly #codes: readonly StatusRange[];
  readonly #codesText: string;
  readonly #text: string;
  readonly #pattern: RegExp | null;
  readonly #reader = new BodyReader();
  /** While a head is being read. */
  #head: ResponseHead | null = null;
  #interimCount = 0;
  /** Pieces of the body, where one is expected. */
  #body: Buffer[] = [];

  constructor(options: HttpCheckOptions, address: Address, heads: ResponseHeads) {
    this.opening = writeRequest(options, address);
    this.#heads = heads;
    this.#method = options.method;
    this.#codes = options.expected_codes.map(rangeOf);
    this.#codesText = options.expected_codes.join(', ');
    this.#text = options.expected_body;
    const { expected_body_regex: pattern } = options;
    this.#pattern = pattern === '' ? null : new RegExp(pattern, 'u');
  }

  begin(): null {
    this.#interimCount = 0;
    this.#head = this.#heads.take();
    this.#head.parser.reset(HEAD_LIMITS);
    return null;
  }

  read(buffer: Buffer, start: number, end: number): ProbeResult | null {
    let at = start;
    while (this.#head !== null) {
      if (at === end) return null; // an interim response ended here
      const next = this.#head.parser.consume(buffer, at, end);
      if (next === MORE) return null;
      if (next === FAILED)
        return failed(`the response is malformed: ${this.#head.parser.violation}`);
      const result = this.#takeHead(this.#head);
      if (result !== null) return result;
      at = next;
    }
    return this.#readBody(buffer, at, end);
  }

  /** @returns null when there is more to read: another head behind an interim one, or the body. */
  #takeHead(head: ResponseHead): ProbeResult | null {
    const violation = head.read(this.#method);
    if (violation !== null) return failed(`the response is malformed: ${violation}`);
    if (head.interim) {
      head.parser.reset(HEAD_LIMITS);
      return ++this.#interimCount > MAX_INTERIM ? failed('interim responses without end') : null;
    }
    const { status, bodyKind, bodyLength } = head;
    if (!this.#codes.some(({ first, last }) => status >= first && status <= last)) {
      return failed(`status ${status}, expected ${this.#codesText}`);
    }
    if (this.#text === '' && this.#pattern === null) return PASSED;
    this.#reader.start(bodyKind, bodyLength);
    this.#releaseHead();
    return null;
  }

  #readBody(buffer: Buffer, start: number, end: number): ProbeResult | null {
    const reader = this.#reader;
    let at = start;
    while (at < end && !reader.done) {
      at = reader.read(buffer, at, end);
      if (at === BROKEN) return failed(`the response is malformed: ${reader.violation}`);
      this.#body.push(Buffer.from(buffer.subarray(reader.dataStart, reader.dataEnd)));
    }
    return reader.done || reader.total >= MAX_BODY_BYTES ? this.#judgeBody() : null;
  }

  #judgeBody(): ProbeResult {
    const text = Buffer.concat(this.#body).subarray(0, MAX_BODY_BYTES).toString();
    const matches = text.includes(this.#text) && (this.#pattern?.test(text) ?? true);
    return matches ? PASSED : failed('the body is not what was expected');
  }

  end(): ProbeResult {
    if (this.#head === null && this.#reader.kind === BODY_UNTIL_CLOSE) return this.#judgeBody();
    return failed('the backend closed the connection without a whole response');
  }

  release(): void {
    this.#releaseHead();
    this.#body = [];
  }

  #releaseHead(): void {
    if (this.#head !== null) this.#heads.release(this.#head);
    this.#head = null;
  }
}

/** The same for every probe, so it is written once. */
function writeRequest(options: HttpCheckOptions, address: Address): Buffer {
  const { method, path, body } = options;
  const host = options.host === '' ? hostOf(address) : options.host;
  const fields = new Map([
    ['host', ['Host', host]],
    ['user-agent', ['User-Agent', 'lb-health/1']],
    ['accept', ['Accept', '*/*']],
    ['connection', ['Connection', 'close']],
  ]);
  const length = Buffer.byteLength(body);
  if (length > 0 || method === 'POST') fields.set('length', ['Content-Length', String(length)]);
  for (const [name, value] of Object.entries(options.headers)) {
    fields.set(name.toLowerCase(), [name, value]);
  }
  const lines = [...fields.values()].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** A Unix socket has no name of its own. */
function hostOf(address: Address): string {
  return address.kind === 'unix' ? 'localhost' : formatAddress(address);
}

function rangeOf(text: string): StatusRange {
  const range = parseStatusRange(text);
  if (range === null) throw new Error(`Cannot build a check: ${text} passed the checks unread`);
  return range;
}

/** Passes when the backend answers one request with an expected status and, where asked for, an expected body. */
export const httpCheck = defineCheck({
  name: 'http', // as lb.yaml spells it
  optionSchemas: {
    method: { type: 'string', enum: ['GET', 'HEAD', 'POST'], default: 'GET' },
    path: { type: 'string', kind: 'request_target', default: '/' },
    host: { type: 'string', kind: 'field_value', default: '' },
    headers: {
      type: 'object',
      propertyNames: { type: 'string', kind: 'editable_field' },
      additionalProperties: { type: 'string', kind: 'field_value' },
      default: {},
    },
    body: { type: 'string', kind: 'text', default: '' },
    expected_codes: {
      type: 'array',
      items: { type: 'string', kind: 'status_codes' },
      minItems: 1,
      uniqueItems: true,
      default: ['200-399'],
    },
    expected_body: { type: 'string', kind: 'text', default: '' },
    expected_body_regex: { type: 'string', kind: 'regex', default: '' },
  },
  build: (options: HttpCheckOptions, endpoint, services, owner) =>
    new ProbeConnection(
      endpoint,
      services,
      owner,
      new HttpDialogue(options, endpoint.address, services.heads),
    ),
});

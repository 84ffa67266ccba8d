import type { Reason } from '../foundation/reason.ts';
import { hostOf, isAuthority } from './authority.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, type BodyKind } from './body-reader.ts';
import { type ConnectionOptions, connectionOptions, NO_OPTIONS } from './connection-options.ts';
import { contentLength, INVALID } from './content-length.ts';
import { equalsIgnoreCase, fieldId, fieldSet, idOfName, UNKNOWN_FIELD } from './field-names.ts';
import type { HeadParser } from './head-parser.ts';

const CHUNKED = new TextEncoder().encode('chunked');
const FRAMING_FIELDS = fieldSet('content-length', 'transfer-encoding');
const CONNECTION_FIELD = fieldSet('connection');
const TE = fieldSet('te');
const MAX_FORWARDS = fieldSet('max-forwards');
const SLASH = 0x2f;
const QUESTION = 0x3f;
const ASTERISK = 0x2a;

/**
 * What a parsed request head means: the view that routing, forwarding and the access log share (no bytes above this
 * line). One object serves every request of the process, one after the other; who needs a part later copies it.
 */
export class RequestHead {
  readonly parser: HeadParser;
  method = '';
  /** Lower case, without port. */
  host = '';
  /** Raw path of the target without its query; `*` for `OPTIONS *`. The same bytes are matched and forwarded. */
  path = '';
  /** Raw query of the target, without its `?`; '' when there is none. */
  query = '';
  /** What is forwarded: origin-form, or `*`. Offsets in the parser's bytes; an absolute-form path may be empty. */
  targetStart = 0;
  targetEnd = 0;
  /** The authority of an absolute-form target, which stands above Host (RFC 9112 §3.2.2); null otherwise. */
  authority: string | null = null;
  bodyKind: BodyKind = BODY_NONE;
  bodyLength = 0;
  connection: ConnectionOptions = NO_OPTIONS;
  /** The client may send another request on this connection. */
  keepAlive = false;
  /** The protocol the client wants to switch to, where lb lets it: not for a message with a body, not to h2c. */
  upgrade: string | null = null;
  /** The client can take a trailer section (`TE: trailers`, RFC 9110 §10.1.4). */
  trailers = false;
  /** Hops that TRACE or OPTIONS may still make (RFC 9110 §7.6.2); -1 when there is no limit. */
  maxForwards = -1;
  /** The Host read last, and what it means: nearly always the next one's, too. */
  #knownHost: Buffer = Buffer.alloc(0);
  #knownName = '';

  constructor(parser: HeadParser) {
    this.parser = parser;
  }

  /** The value of a field by its lower-case name; several are joined by ", ". Null when there is none. */
  get(name: string): string | null {
    const { parser } = this;
    const id = idOfName(name);
    if (id !== UNKNOWN_FIELD && (parser.fields.seen & (1 << id)) === 0) return null;
    const expected = Buffer.from(name, 'latin1');
    let value: string | null = null;
    for (let index = 0; index < parser.fields.count; index++) {
      const start = parser.fields.nameStart(index);
      if (parser.fields.nameEnd(index) - start !== expected.length) continue;
      if (!equalsIgnoreCase(parser.bytes, start, expected)) continue;
      const text = parser.fields.valueText(index);
      value = value === null ? text : `${value}, ${text}`;
    }
    return value;
  }

  /**
   * Fills this view from a parser that has reached the end of a head.
   *
   * @returns why the request is refused, or null.
   */
  read(): Reason | null {
    const { parser } = this;
    const { bytes, base } = parser;
    this.method = methodText(bytes, base + parser.methodStart, base + parser.methodEnd);
    // A refused request is logged, too: what it does not say must not be an earlier one's.
    this.host = '';
    this.path = '';
    this.query = '';
    this.#readConnection();
    const refusal = this.#readTarget() ?? this.#readHost() ?? this.#readFraming();
    this.upgrade = this.connection.upgrade ? this.#readUpgrade() : null;
    const { seen } = parser.fields;
    this.trailers = (seen & TE) !== 0 && parser.minorVersion > 0 && this.#acceptsTrailers();
    this.maxForwards = (seen & MAX_FORWARDS) === 0 ? -1 : this.#readMaxForwards();
    return refusal;
  }

  #readTarget(): Reason | null {
    const { parser } = this;
    const { bytes } = parser;
    const start = parser.base + parser.targetStart;
    const end = parser.base + parser.targetEnd;
    this.authority = null;
    this.targetStart = start;
    this.targetEnd = end;
    if (this.method === 'CONNECT') return 'connect_method';
    if (bytes[start] === SLASH) {
      const pathEnds = pathEnd(bytes, start, end);
      this.path = bytes.toString('latin1', start, pathEnds);
      if (pathEnds < end) this.query = bytes.toString('latin1', pathEnds + 1, end);
      return null;
    }
    if (bytes[start] === ASTERISK && end - start === 1) {
      this.path = '*';
      return this.method === 'OPTIONS' ? null : 'bad_target';
    }
    return this.#readAbsoluteTarget(start, end);
  }

  /** `http://authority/path?query` (RFC 9112 §3.2.2). */
  #readAbsoluteTarget(start: number, end: number): Reason | null {
    const { bytes } = this.parser;
    const target = bytes.toString('latin1', start, end);
    const parts = /^https?:\/\/([^/?]+)/i.exec(target);
    const authority = parts?.[1];
    if (parts === null || authority === undefined || !isAuthority(authority)) return 'bad_target';
    this.authority = authority;
    this.targetStart = start + parts[0].length;
    const pathEnds = pathEnd(bytes, this.targetStart, end);
    const path = bytes.toString('latin1', this.targetStart, pathEnds);
    this.query = bytes.toString('latin1', pathEnds + 1, end);
    // "OPTIONS http://host" asks about the server as a whole: RFC 9112 §3.2.4 turns it into "*".
    this.path =
      path === '' ? (this.method === 'OPTIONS' && this.targetStart === end ? '*' : '/') : path;
    return null;
  }

  #readHost(): Reason | null {
    const { parser } = this;
    const index = parser.fields.indexOf(fieldId.host);
    if (index === -1) {
      // RFC 9112 §3.2: only HTTP/1.0 may do without.
      if (parser.minorVersion > 0) return 'missing_host';
      this.host = this.authority === null ? '' : hostOf(this.authority);
      return null;
    }
    if ((parser.fields.repeated & fieldSet('host')) !== 0) return 'repeated_host';
    if (this.authority === null && parser.fields.valueIs(index, this.#knownHost)) {
      this.host = this.#knownName;
      return null;
    }
    const text = parser.fields.valueText(index);
    if (text !== '' && !isAuthority(text)) return 'bad_host';
    if (this.authority !== null && this.authority.toLowerCase() !== text.toLowerCase()) {
      return 'host_contradicts_target';
    }
    this.host = hostOf(text);
    this.#knownHost = Buffer.from(text, 'latin1');
    this.#knownName = this.host;
    return null;
  }

  /** RFC 9112 §6.3, refusing every message whose length two parsers could see differently. */
  #readFraming(): Reason | null {
    const { parser } = this;
    this.bodyKind = BODY_NONE;
    this.bodyLength = 0;
    const framing = parser.fields.seen & FRAMING_FIELDS;
    if (framing === 0) return null;
    if (framing === FRAMING_FIELDS) return 'length_and_chunked';
    if (framing === fieldSet('transfer-encoding')) return this.#readTransferEncoding();
    if ((parser.fields.repeated & framing) !== 0) return 'repeated_content_length';
    const length = contentLength(parser.fields);
    if (length === INVALID) return 'bad_content_length';
    this.bodyKind = BODY_LENGTH;
    this.bodyLength = length;
    return null;
  }

  #readTransferEncoding(): Reason | null {
    const { parser } = this;
    if (parser.minorVersion === 0) return 'transfer_encoding_in_http10';
    if ((parser.fields.repeated & fieldSet('transfer-encoding')) !== 0)
      return 'bad_transfer_encoding';
    const index = parser.fields.indexOf(fieldId['transfer-encoding']);
    const start = parser.fields.valueStart(index);
    const length = parser.fields.valueEnd(index) - start;
    if (length === CHUNKED.length && equalsIgnoreCase(parser.bytes, start, CHUNKED)) {
      this.bodyKind = BODY_CHUNKED;
      return null;
    }
    // A list of other codings that ends in one chunked is well formed, but lb knows no other coding.
    const codings = parser.fields.valueText(index).toLowerCase().split(',');
    const chunkedAt = codings.findIndex((coding) => coding.trim() === 'chunked');
    const wellFormed = codings.every((coding) => /^[ \t]*[\w!#$%&'*+.^`|~-]+[ \t]*$/.test(coding));
    return wellFormed && (chunkedAt === -1 || chunkedAt === codings.length - 1)
      ? 'unknown_transfer_coding'
      : 'bad_transfer_encoding';
  }

  #readConnection(): void {
    const { parser } = this;
    if ((parser.fields.seen & CONNECTION_FIELD) === 0) {
      this.connection = NO_OPTIONS;
      this.keepAlive = parser.minorVersion > 0;
      return;
    }
    this.connection = connectionOptions(parser.fields);
    const { close, keepAlive } = this.connection;
    this.keepAlive = !close && (parser.minorVersion > 0 || keepAlive);
  }

  #acceptsTrailers(): boolean {
    return /(?:^|,)[ \t]*trailers[ \t]*(?:$|,)/i.test(this.get('te') ?? '');
  }

  #readMaxForwards(): number {
    const value = this.get('max-forwards') ?? '';
    const applies = this.method === 'TRACE' || this.method === 'OPTIONS';
    return applies && /^\d{1,9}$/.test(value) ? Number(value) : -1;
  }

  #readUpgrade(): string | null {
    const index = this.parser.fields.indexOf(fieldId.upgrade);
    if (index === -1 || this.bodyKind !== BODY_NONE || this.parser.minorVersion === 0) return null;
    const protocol = this.parser.fields.valueText(index);
    return protocol === '' || isHttp2(protocol) ? null : protocol;
  }
}

/** Inside an h2c connection requests would reach the backend past every route and rule: never tunnelled. */
function isHttp2(protocol: string): boolean {
  return /\bh2c?\b/i.test(protocol);
}

function pathEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === QUESTION) return at;
  return end;
}

/** The usual methods without making a new string. */
function methodText(bytes: Buffer, start: number, end: number): string {
  if (
    end - start === 3 &&
    bytes[start] === 0x47 &&
    bytes[start + 1] === 0x45 &&
    bytes[start + 2] === 0x54
  ) {
    return 'GET';
  }
  return bytes.toString('latin1', start, end);
}

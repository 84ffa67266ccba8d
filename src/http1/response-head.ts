import type { Reason } from '../foundation/reason.ts';
import {
  BODY_CHUNKED,
  BODY_LENGTH,
  BODY_NONE,
  BODY_UNTIL_CLOSE,
  type BodyKind,
} from './body-reader.ts';
import { type ConnectionOptions, connectionOptions, NO_OPTIONS } from './connection-options.ts';
import { contentLength, INVALID } from './content-length.ts';
import { equalsIgnoreCase, fieldId, fieldSet } from './field-names.ts';
import type { HeadParser } from './head-parser.ts';
import { keepAliveSeconds } from './keep-alive.ts';

const CHUNKED = new TextEncoder().encode('chunked');
const CONTENT_LENGTH = fieldSet('content-length');
const TRANSFER_ENCODING = fieldSet('transfer-encoding');
const FRAMING_FIELDS = CONTENT_LENGTH | TRANSFER_ENCODING;
const CONNECTION_FIELD = fieldSet('connection');
const KEEP_ALIVE_FIELD = fieldSet('keep-alive');

/** What a parsed response head means. One object serves every response of the process, one after the other. */
export class ResponseHead {
  readonly parser: HeadParser;
  status = 0;
  bodyKind: BodyKind = BODY_NONE;
  bodyLength = 0;
  connection: ConnectionOptions = NO_OPTIONS;
  /** The backend will take another request on this connection. */
  keepAlive = false;
  /** How long the backend says it keeps an idle connection; negative where it does not. */
  keepAliveSeconds: number = INVALID;

  constructor(parser: HeadParser) {
    this.parser = parser;
  }

  /** 100 to 199, other than 101: another head follows. */
  get interim(): boolean {
    return this.status < 200 && this.status !== 101;
  }

  /**
   * Fills this view from a parser that has reached the end of a head.
   *
   * @param method of the request that this answers: it decides whether there is a body.
   * @returns why the response cannot be trusted to mean one thing, or null.
   */
  read(method: string): Reason | null {
    const { parser } = this;
    this.status = parser.status;
    const hasConnection = (parser.fields.seen & CONNECTION_FIELD) !== 0;
    this.connection = hasConnection ? connectionOptions(parser.fields) : NO_OPTIONS;
    const { close, keepAlive } = this.connection;
    this.keepAlive = !close && (parser.minorVersion > 0 || keepAlive);
    const hasKeepAlive = (parser.fields.seen & KEEP_ALIVE_FIELD) !== 0;
    this.keepAliveSeconds = hasKeepAlive ? keepAliveSeconds(parser.fields) : INVALID;
    this.bodyLength = 0;
    const violation = this.#readFraming();
    if (violation !== null) return violation;
    if (this.status === 101 && !this.#namesProtocol()) return 'bad_switch';
    const bodiless = this.status < 200 || this.status === 204 || this.status === 304;
    if (bodiless || method === 'HEAD') this.bodyKind = BODY_NONE;
    return null;
  }

  /** RFC 9110 §15.2.2, §7.8: a 101 says what it switches to; one that does not, some read as a response of its own. */
  #namesProtocol(): boolean {
    const { fields } = this.parser;
    const index = fields.indexOf(fieldId.upgrade);
    const empty = index === -1 || fields.valueStart(index) === fields.valueEnd(index);
    return this.connection.upgrade && !empty;
  }

  /** RFC 9112 §6.3, as strictly as for requests. */
  #readFraming(): Reason | null {
    const { fields } = this.parser;
    const framing = fields.seen & FRAMING_FIELDS;
    this.bodyKind = BODY_UNTIL_CLOSE;
    if (framing === 0) return null;
    if (framing === FRAMING_FIELDS) return 'length_and_chunked';
    if (framing === TRANSFER_ENCODING) return this.#readTransferEncoding();
    if ((fields.repeated & framing) !== 0) return 'repeated_content_length';
    this.bodyKind = BODY_LENGTH;
    this.bodyLength = contentLength(fields);
    return this.bodyLength === INVALID ? 'bad_content_length' : null;
  }

  #readTransferEncoding(): Reason | null {
    const { bytes, fields, minorVersion } = this.parser;
    if (minorVersion === 0) return 'transfer_encoding_in_http10';
    const index = fields.indexOf(fieldId['transfer-encoding']);
    const start = fields.valueStart(index);
    const isChunked =
      (fields.repeated & TRANSFER_ENCODING) === 0 &&
      fields.valueEnd(index) - start === CHUNKED.length &&
      equalsIgnoreCase(bytes, start, CHUNKED);
    this.bodyKind = BODY_CHUNKED;
    return isChunked ? null : 'bad_transfer_encoding';
  }
}

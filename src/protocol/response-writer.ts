import type { Reason } from '../foundation/reason.ts';
import { BODY_CHUNKED, BODY_UNTIL_CLOSE } from '../http1/body-reader.ts';
import { fieldId } from '../http1/field-names.ts';
import type { HeadEdits } from '../http1/head-edits.ts';
import { ownResponse } from '../http1/own-response.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { writeResponseHead } from '../http1/write-response.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { ByteStream } from '../transport/transport.ts';

/** Data up to this size is gathered behind its head: one write instead of two. */
const GATHER_BYTES = 8 * 1024;
/** Room that the framing of one chunk takes at most. */
const CHUNK_FRAMING_BYTES = 32;

/** Lines about the body's end and the connection, by: chunked (4), kept alive (2), HTTP/1.0 (1). */
const FRAMING: readonly string[] = [
  'Connection: close\r\n',
  'Connection: close\r\n',
  '',
  'Connection: keep-alive\r\n',
  'Transfer-Encoding: chunked\r\nConnection: close\r\n',
  'Transfer-Encoding: chunked\r\nConnection: close\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked\r\n',
];

/** What a listener says about all its responses. */
export interface ResponsePolicy {
  /** For 1xx responses, which the edits of routes leave alone. */
  readonly interimEdits: HeadEdits;
  /** X-LB-Reason stands on lb's own answers. */
  readonly reasonHeader: boolean;
}

/** What an answer of lb's own has to know of its request. */
export interface Asked {
  /** The Accept field, '' when there is none. */
  readonly accept: string;
  readonly method: string;
  readonly requestId: string;
  /** When it may be asked again, after a 503: whole seconds. */
  readonly retryAfterSeconds: number;
}

/**
 * Writes responses to one HTTP/1.1 client, framed for the version it speaks. Gathers in the process-wide writer what
 * fits there, so that a small response is one write.
 */
export class ResponseWriter {
  readonly #stream: ByteStream;
  readonly #buffers: IoBuffers;
  readonly #policy: ResponsePolicy;
  /** A final head has gone out: lb can no longer answer in the backend's place. */
  headSent = false;
  /** The client has not taken what was written. */
  behind = false;
  /** Only the end of the connection tells this client that the body is complete (HTTP/1.0). */
  closeDelimited = false;
  /** lb has said 100 itself: one is enough. */
  #continued = false;
  #http10 = false;
  #chunked = false;

  constructor(stream: ByteStream, buffers: IoBuffers, policy: ResponsePolicy) {
    this.#stream = stream;
    this.#buffers = buffers;
    this.#policy = policy;
  }

  /** Makes ready for the next response. */
  begin(http10: boolean): void {
    this.#http10 = http10;
    this.headSent = false;
    this.#continued = false;
    this.closeDelimited = false;
    this.#chunked = false;
  }

  /** @param keepAlive the connection could stay open for all the client knows. @returns whether it will. */
  head(head: ResponseHead, edits: HeadEdits, keepAlive: boolean): boolean {
    const framed = head.bodyKind === BODY_CHUNKED || head.bodyKind === BODY_UNTIL_CLOSE;
    this.headSent = true;
    this.#chunked = framed && !this.#http10;
    this.closeDelimited = framed && this.#http10;
    const staysOpen = keepAlive && !this.closeDelimited;
    const lines = (this.#chunked ? 4 : 0) + (staysOpen ? 2 : 0) + (this.#http10 ? 1 : 0);
    writeResponseHead(this.#buffers.out, head, edits, FRAMING[lines]!); // 0..7
    return staysOpen;
  }

  /** A 1xx; RFC 9110 §15.2: never to an HTTP/1.0 client. */
  interim(head: ResponseHead): void {
    if (this.#http10 || (this.#continued && head.status === 100)) return;
    writeResponseHead(this.#buffers.out, head, this.#policy.interimEdits, '');
  }

  /** A 100 of lb's own. */
  continue(): void {
    if (this.#http10 || this.headSent) return;
    this.#continued = true;
    this.#buffers.out.text('HTTP/1.1 100 Continue\r\n\r\n');
    this.flush();
  }

  /** A 101: bytes of the new protocol follow. */
  switching(head: ResponseHead, edits: HeadEdits): void {
    this.headSent = true;
    const { fields } = head.parser;
    const index = fields.indexOf(fieldId.upgrade);
    const protocol = index === -1 ? 'unknown' : fields.valueText(index);
    const lines = `Connection: upgrade\r\nUpgrade: ${protocol}\r\n`;
    writeResponseHead(this.#buffers.out, head, edits, lines);
  }

  data(buffer: Buffer, start: number, end: number): void {
    const { out } = this.#buffers;
    const count = end - start;
    if (this.#chunked) {
      if (out.room < count + CHUNK_FRAMING_BYTES) this.flush();
      out.text(`${count.toString(16)}\r\n`);
      out.copy(buffer, start, end);
      out.text('\r\n');
    } else if (count <= GATHER_BYTES && count <= out.room) {
      out.copy(buffer, start, end);
    } else if (!this.#stream.write(buffer, start, end)) {
      this.behind = true;
    }
  }

  /** The body is complete. @param trailers field lines, each with its CR LF; only chunks can carry them. */
  end(trailers: string): void {
    if (this.#chunked) this.#buffers.out.text(`0\r\n${trailers}\r\n`);
    this.#chunked = false;
    this.flush();
  }

  /** A whole response of lb's own. */
  own(reason: Reason, asked: Asked, keepAlive: boolean): void {
    const { accept, method, requestId, retryAfterSeconds } = asked;
    this.#buffers.out.text(
      ownResponse(reason, {
        accept,
        withoutBody: method === 'HEAD',
        connection: keepAlive ? 'keep-alive' : 'close',
        reasonHeader: this.#policy.reasonHeader,
        requestId,
        retryAfterSeconds,
      }),
    );
    this.headSent = true;
    this.flush();
  }

  flush(): void {
    const { out } = this.#buffers;
    if (out.length > 0 && !this.#stream.flush(out)) this.behind = true;
  }
}

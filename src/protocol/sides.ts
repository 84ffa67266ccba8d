import type { Reason } from '../foundation/reason.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import type { ByteStream } from '../transport/transport.ts';

/*
 * An exchange joins a client side and a backend side that know each other only by these two contracts, so the two
 * need not speak the same version of HTTP.
 */

/** The side that asked. What is relayed is gathered until `flush`, which the backend side calls once per read. */
export interface ClientSide {
  relayInterim(head: ResponseHead): void;
  relayHead(head: ResponseHead): void;
  relayData(buffer: Buffer, start: number, end: number): void;
  /** @returns false when the client is behind: read nothing more until `resume`. */
  flush(): boolean;
  /** The response is complete. @param trailers checked field lines that came behind it, each with its CR LF. */
  relayEnd(trailers: string): void;
  /** A 101: from here on the two streams are copied; [start, end) of `buffer` came with the head. */
  relaySwitch(
    head: ResponseHead,
    backend: ByteStream,
    buffer: Buffer,
    start: number,
    end: number,
  ): void;
  /** No backend could answer: answer for them, or cut the response if it has begun. */
  fail(reason: Reason): void;
  /** The backend takes more of the request body. */
  resumeBody(): void;
}

/** The side that answers. */
export interface BackendSide {
  /** The stream is connected: bytes may be written. */
  readonly connected: boolean;
  readonly stream: ByteStream;
  /** Part of the request has been written: the backend's time to answer begins anew. */
  onRequestSent(): void;
  /** The client takes more of the response. */
  resume(): void;
  /** The exchange is off: closes the connection without telling anybody. */
  abandon(): void;
}

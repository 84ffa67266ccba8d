import { isIPv6 } from 'node:net';
import type { ByteWriter } from '../foundation/byte-writer.ts';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ForwardedFields } from '../http1/write-request.ts';
import { clientAddress } from './client-address.ts';
import { claimedRequestId, type RequestIds } from './request-id.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

const FOR = fieldSet('x-forwarded-for');
const PROTO = fieldSet('x-forwarded-proto');
const HOST = fieldSet('x-forwarded-host');
const PORT = fieldSet('x-forwarded-port');
const FORWARDED = fieldSet('forwarded');
const REQUEST_ID = fieldSet('x-request-id');
const CLAIMS = FOR | PROTO | HOST | PORT | FORWARDED | REQUEST_ID;
/** A trusted peer's are taken over into lb's own line; of the others its own line stays. */
const CONTINUED = FOR | FORWARDED | REQUEST_ID;

/** Which fields lb writes into requests. */
export interface ForwardedOptions {
  readonly xForwardedFor: boolean;
  readonly xForwardedProto: boolean;
  readonly xForwardedHost: boolean;
  readonly xForwardedPort: boolean;
  readonly forwarded: boolean;
  readonly requestId: boolean;
}

/** What the clients of one listener have in common. */
export class ForwardedPolicy {
  readonly trusted: TrustedProxies;
  readonly requestIds: RequestIds;
  /** The fields lb writes, one bit per id. */
  readonly written: number;
  readonly portLine: string;

  /** @param port that clients connect to; null for a Unix socket, which has none. */
  constructor(
    options: ForwardedOptions,
    port: number | null,
    trusted: TrustedProxies,
    requestIds: RequestIds,
  ) {
    this.trusted = trusted;
    this.requestIds = requestIds;
    this.written =
      (options.xForwardedFor ? FOR : 0) |
      (options.xForwardedProto ? PROTO : 0) |
      (options.xForwardedHost ? HOST : 0) |
      (options.xForwardedPort && port !== null ? PORT : 0) |
      (options.forwarded ? FORWARDED : 0) |
      (options.requestId ? REQUEST_ID : 0);
    this.portLine = `X-Forwarded-Port: ${port}\r\n`;
  }

  /** For one client connection. */
  fieldsFor(peerAddress: string): ClientFields {
    return new ClientFields(this, peerAddress);
  }

  /** The same, unless they are of a policy that a reload has replaced. */
  renew(fields: ClientFields): ClientFields {
    return fields.policy === this ? fields : this.fieldsFor(fields.peerAddress);
  }
}

/**
 * The fields that tell the backend who asked, for what, and by which id: X-Forwarded-*, Forwarded, X-Request-ID. A
 * trusted peer's are kept and continued; from anybody else they are dropped and begun anew, so that nobody can pass for
 * another. One per client connection.
 */
export class ClientFields implements ForwardedFields {
  readonly dropped: number;
  readonly peerAddress: string;
  /** Who sent the present request, as far as that can be known. */
  clientAddress: string;
  /** Of the present request; '' when it has none and lb makes none. */
  requestId = '';
  readonly policy: ForwardedPolicy;
  readonly #trusted: boolean;

  /** @param peerAddress '' for a Unix socket. */
  constructor(policy: ForwardedPolicy, peerAddress: string) {
    this.policy = policy;
    this.peerAddress = peerAddress;
    this.clientAddress = peerAddress;
    this.#trusted = policy.trusted.includes(peerAddress);
    this.dropped = this.#trusted ? policy.written & CONTINUED : CLAIMS;
  }

  /** Turns to the next request. @param head null when it cannot be read. */
  begin(head: RequestHead | null): void {
    const { requestIds, trusted, written } = this.policy;
    this.clientAddress = this.peerAddress;
    this.requestId = '';
    if (head !== null && this.#trusted) {
      const { fields } = head.parser;
      this.clientAddress = clientAddress(fields, this.peerAddress, trusted);
      this.requestId = claimedRequestId(fields);
    }
    if (this.requestId === '' && (written & REQUEST_ID) !== 0) this.requestId = requestIds.next();
  }

  /** Whether the client came by https: a trusted peer says so, in the one value it gives. */
  isHttps(head: RequestHead): boolean {
    const { fields } = head.parser;
    if (!this.#trusted || (fields.seen & ~fields.repeated & PROTO) === 0) return false;
    return fields.valueText(fields.indexOf(fieldId['x-forwarded-proto'])).toLowerCase() === 'https';
  }

  // Hot: joining the lines is as fast as writing ready-made ones one by one (bench/micro/forwarded.ts).
  write(out: ByteWriter, head: RequestHead, edited: number): void {
    const { portLine, written } = this.policy;
    const kept = this.#trusted ? head.parser.fields.seen : 0;
    const own = written & ~edited;
    const missing = own & ~kept;
    let lines = '';
    if ((own & FOR) !== 0 && this.peerAddress !== '') {
      lines += `X-Forwarded-For: ${before(head, kept & FOR)}${this.peerAddress}\r\n`;
    }
    if ((missing & PROTO) !== 0) lines += 'X-Forwarded-Proto: http\r\n';
    // A proxy that tells what it was asked for, but not at which port, has not told the port: it is not this one.
    if ((own & PORT) !== 0 && (kept & (PORT | PROTO | HOST)) === 0) lines += portLine;
    if ((own & REQUEST_ID) !== 0) lines += `X-Request-ID: ${this.requestId}\r\n`;
    if ((own & FORWARDED) !== 0) {
      lines += `Forwarded: ${before(head, kept & FORWARDED)}${this.#element(head)}\r\n`;
    }
    if ((missing & HOST) !== 0 && hasHost(head)) writeHost(out, head, lines);
    else out.text(lines);
  }

  /** lb's element of Forwarded (RFC 7239 §4). */
  #element(head: RequestHead): string {
    const { peerAddress } = this;
    let node = peerAddress === '' ? 'unknown' : peerAddress;
    if (isIPv6(node)) node = `"[${node}]"`;
    // Whatever the client asks for, no character of a valid Host ends the quotes.
    const host = hasHost(head) ? `;host="${head.authority ?? head.get('host')}"` : '';
    return `for=${node}${host};proto=http`;
  }
}

/** What a trusted peer's list holds already, with the comma behind it. @param list the bit of one field, or 0. */
function before(head: RequestHead, list: number): string {
  if (list === 0) return '';
  const id = list === FOR ? fieldId['x-forwarded-for'] : fieldId.forwarded;
  const text = head.parser.fields.listText(id);
  return text === '' ? '' : `${text}, `;
}

/** False for HTTP/1.0 without Host, and for a Host that is empty. */
function hasHost(head: RequestHead): boolean {
  return head.host !== '';
}

/** X-Forwarded-Host repeats what the client asked for, port included: a route may set another Host. */
function writeHost(out: ByteWriter, head: RequestHead, lines: string): void {
  if (head.authority !== null) {
    out.text(`${lines}X-Forwarded-Host: ${head.authority}\r\n`);
    return;
  }
  out.text(`${lines}X-Forwarded-Host: `);
  const { bytes, fields } = head.parser;
  const index = fields.indexOf(fieldId.host);
  out.copy(bytes, fields.valueStart(index), fields.lineEnd(index));
}

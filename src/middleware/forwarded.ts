import { BlockList, isIP, isIPv6 } from 'node:net';
import type { ByteWriter } from '../foundation/byte-writer.ts';
import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ForwardedFields } from '../http1/write-request.ts';

const CLAIMS = fieldSet(
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'forwarded',
);
const X_FORWARDED_FOR = fieldSet('x-forwarded-for');
const X_FORWARDED_PROTO = fieldSet('x-forwarded-proto');
const X_FORWARDED_HOST = fieldSet('x-forwarded-host');

/** Whose word about the original client is believed (`trusted_proxies`). */
export class ForwardedPolicy {
  readonly #trusted: BlockList;
  readonly #anyTrusted: boolean;

  /** @param cidrs such as `10.0.0.0/8` or `::1/128`. */
  constructor(cidrs: readonly string[]) {
    this.#trusted = new BlockList();
    this.#anyTrusted = cidrs.length > 0;
    for (const cidr of cidrs) {
      const [network = '', bits = ''] = cidr.split('/');
      this.#trusted.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
    }
  }

  trusts(address: string): boolean {
    if (!this.#anyTrusted) return false;
    const version = isIP(address);
    return version !== 0 && this.#trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  /** For one client connection. */
  fieldsFor(peerAddress: string): ClientFields {
    return new ClientFields(this, peerAddress);
  }
}

/**
 * The fields that tell the backend who asked: X-Forwarded-For, -Proto and -Host. A trusted peer's are kept and
 * continued; from anybody else they are dropped and begun anew, so that nobody can pass for another.
 */
export class ClientFields implements ForwardedFields {
  readonly dropped: number;
  readonly #policy: ForwardedPolicy;
  readonly #trusted: boolean;
  readonly peerAddress: string;

  constructor(policy: ForwardedPolicy, peerAddress: string) {
    this.#policy = policy;
    this.peerAddress = peerAddress;
    this.#trusted = policy.trusts(peerAddress);
    this.dropped = this.#trusted ? X_FORWARDED_FOR : CLAIMS;
  }

  /** Who asked: the peer, or behind trusted proxies the right-most address that is not one of them. */
  clientAddress(head: RequestHead): string {
    if (!this.#trusted || (head.parser.fields.seen & X_FORWARDED_FOR) === 0)
      return this.peerAddress;
    const hops = (head.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
    let address = this.peerAddress;
    for (const hop of hops.reverse()) {
      if (isIP(hop) === 0) break;
      address = hop;
      if (!this.#policy.trusts(hop)) break;
    }
    return address;
  }

  write(out: ByteWriter, head: RequestHead): void {
    const { seen } = head.parser.fields;
    const kept = this.#trusted ? seen : 0;
    const before = (kept & X_FORWARDED_FOR) === 0 ? '' : (head.get('x-forwarded-for') ?? '');
    const chain = before === '' ? this.peerAddress : `${before}, ${this.peerAddress}`;
    out.text(
      (kept & X_FORWARDED_PROTO) === 0
        ? `X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: http\r\n`
        : `X-Forwarded-For: ${chain}\r\n`,
    );
    if ((kept & X_FORWARDED_HOST) === 0) writeHost(out, head);
  }
}

/** X-Forwarded-Host repeats what the client asked for, port included: a route may set another Host. */
function writeHost(out: ByteWriter, head: RequestHead): void {
  if (head.authority !== null) {
    out.text(`X-Forwarded-Host: ${head.authority}\r\n`);
    return;
  }
  const { parser } = head;
  const index = parser.fields.indexOf(fieldId.host);
  if (index === -1 || parser.fields.valueStart(index) === parser.fields.valueEnd(index)) return;
  out.text('X-Forwarded-Host: ');
  out.copy(parser.bytes, parser.fields.valueStart(index), parser.fields.valueEnd(index));
  out.text('\r\n');
}

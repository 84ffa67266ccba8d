import { isIP, SocketAddress } from 'node:net';

export type CidrResult =
  | { readonly ok: true /** Such as `10.0.0.0/8` or `::1/128`. */; readonly canonical: string }
  | {
      readonly ok: false /** The network meant, when only bits after the prefix are set. */;
      readonly network: string | null;
    };

const notCidr: CidrResult = { ok: false, network: null };

/** Reads `10.0.0.0/8`, `2001:db8::/32`, or a bare address, which stands for itself alone. */
export function parseCidr(text: string): CidrResult {
  const [address = '', prefixText, ...rest] = text.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || rest.length > 0) return notCidr;
  const width = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefixText)) return notCidr;
  const prefix = prefixText === undefined ? width : Number(prefixText);
  if (prefix > width) return notCidr;
  const bits = version === 4 ? bitsOfIpv4(address) : bitsOfIpv6(address);
  const hostWidth = BigInt(width - prefix);
  const networkBits = (bits >> hostWidth) << hostWidth;
  const canonical = `${version === 4 ? formatIpv4(networkBits) : formatIpv6(networkBits)}/${prefix}`;
  return networkBits === bits ? { ok: true, canonical } : { ok: false, network: canonical };
}

function bitsOfIpv4(address: string): bigint {
  return address.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

/** @param address valid; `::` and a dotted tail are written out here. */
function bitsOfIpv6(address: string): bigint {
  const hexadecimal = address.replace(/[\d.]+\.\d+$/, (tail) => {
    const bits = bitsOfIpv4(tail);
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [left = '', right = ''] = hexadecimal.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === '' ? [] : right.split(':');
  const groups = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function formatIpv4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

function formatIpv6(bits: bigint): string {
  const shifts = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n];
  const groups = shifts.map((shift) => ((bits >> shift) & 0xffffn).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

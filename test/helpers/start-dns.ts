import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4, SocketAddress } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the server says about a name: its addresses, or that it does not know, or nothing. */
export type DnsRecord =
  | { readonly addresses: readonly string[]; readonly ttlSeconds: number }
  | 'fail'
  | 'silent';

/** A DNS server on loopback that knows what a test tells it; any other name does not exist. */
export interface DnsServer {
  /** As `global.dns.servers` spells it. */
  readonly address: string;
  /** Changed by the test at any time; names in lower case. `api.test AAAA` goes before `api.test` for that type. */
  readonly records: Map<string, DnsRecord>;
  /** Of every question: the name and its type, such as `api.test A`. */
  readonly questions: readonly string[];
  /** Resolves at the next question about a name. */
  asked(host: string): Promise<void>;
  /** Stops answering, as a dead server does. */
  kill(): void;
}

const A = 1;
const AAAA = 28;
const NO_ERROR = 0;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;
/** It is a response, recursion was desired and is available. */
const RESPONSE_FLAGS = 0x8180;
/** Points at the name of the question (RFC 1035 §4.1.4). */
const NAME_OF_QUESTION = 0xc00c;

export async function startDns(records: Record<string, DnsRecord> = {}): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const known = new Map(Object.entries(records));
  const questions: string[] = [];
  const waiting = new Map<string, (() => void)[]>();
  socket.on('message', (query, from) => {
    const { host, type, end } = readQuestion(query);
    questions.push(`${host} ${nameOf(type)}`);
    for (const tell of waiting.get(host) ?? []) tell();
    waiting.delete(host);
    const record = known.get(`${host} ${nameOf(type)}`) ?? known.get(host);
    if (record === 'silent') return;
    socket.send(writeResponse(query, end, type, record), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let open = true;
  const kill = () => {
    if (open) socket.close();
    open = false;
  };
  onTestFinished(kill);
  const asked = (host: string) =>
    new Promise<void>((resolve) => {
      waiting.set(host, [...(waiting.get(host) ?? []), resolve]);
    });
  return { address: `127.0.0.1:${socket.address().port}`, records: known, questions, asked, kill };
}

function nameOf(type: number): string {
  return type === A ? 'A' : 'AAAA';
}

/** RFC 1035 §4.1.2. */
function readQuestion(query: Buffer): { host: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { host: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function writeResponse(
  query: Buffer,
  end: number,
  type: number,
  record: Exclude<DnsRecord, 'silent'> | undefined,
): Buffer {
  const addresses = typeof record === 'object' ? record.addresses : [];
  const wanted = addresses.filter((address) => isIPv4(address) === (type === A));
  const ttlSeconds = typeof record === 'object' ? record.ttlSeconds : 0;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  const code = record === 'fail' ? SERVER_FAILURE : record === undefined ? NO_SUCH_NAME : NO_ERROR;
  head.writeUInt16BE(RESPONSE_FLAGS | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(type === A || type === AAAA ? wanted.length : 0, 6);
  const answers = wanted.map((address) => writeAnswer(type, ttlSeconds, bytesOf(address)));
  return Buffer.concat([head, query.subarray(12, end), ...answers]);
}

function writeAnswer(type: number, ttlSeconds: number, bytes: readonly number[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(NAME_OF_QUESTION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4); // IN
  head.writeUInt32BE(ttlSeconds, 6);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, Buffer.from(bytes)]);
}

function bytesOf(address: string): readonly number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  const { address: canonical } = new SocketAddress({ address, family: 'ipv6' });
  const [left = '', right = ''] = canonical.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array.from({ length: missing }, () => '0'), ...groups(right)];
  return all.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

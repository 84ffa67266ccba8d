import type { Random } from './random.ts';

/** Bytes that mean something to somebody who reads HTTP, or look as if they did. */
const BYTES = Array.from(
  '\r\n \t\0\x0b\x0c\x1f\x7f\x80\x85\xa0\xff:;,=."\\/?#@[]*%+-_019aFxHG',
  (c) => c.charCodeAt(0),
);

const EDGES = new Set(Array.from('\r:,;= ', (character) => character.charCodeAt(0)));

const LINES = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: 35',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Host: inner.test',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: upgrade',
  'Connection: close, keep-alive',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'Trailer: X',
  'X: y',
  ' folded',
  '5',
  '0',
  '',
].map((line) => `${line}\r\n`);

const WORDS = [
  '\r\n\r\n',
  '\r\n',
  '\n\n',
  '\r\n ',
  ' \r\n',
  ', ',
  'chunked',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  ' HTTP/1.1',
  'HTTP/1.0',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  '0x',
  '00',
  ';a=b',
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Puts `inserted` in place of [start, end). */
function replaced(bytes: Buffer, start: number, end: number, inserted: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), inserted, bytes.subarray(end)]);
}

const NOTHING = new Uint8Array(0);
const someByte = (random: Random) => Uint8Array.of(random.pick(BYTES));
const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** A line of the input, as [start, end), its LF within. */
function someLine(bytes: Buffer, random: Random): [start: number, end: number] {
  const middle = random.below(bytes.length);
  const start = middle === 0 ? 0 : bytes.lastIndexOf(0x0a, middle - 1) + 1;
  const lineEnd = bytes.indexOf(0x0a, middle);
  return [start, lineEnd === -1 ? bytes.length : lineEnd + 1];
}

/** A byte of the input that `matches`, from a random place on; -1 when there is none. */
function someIndex(bytes: Buffer, random: Random, matches: (byte: number) => boolean): number {
  const from = random.below(bytes.length);
  const found = bytes.subarray(from).findIndex(matches);
  return found === -1 ? bytes.findIndex(matches) : from + found;
}

const insertByte: Mutation = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  return replaced(bytes, at, at, someByte(random));
};
/** Beside what parts a message: where white space and its look-alikes make two parsers differ. */
const insertAtEdge: Mutation = (bytes, random) => {
  const edge = someIndex(bytes, random, (byte) => EDGES.has(byte));
  const at = edge + random.below(2);
  return edge === -1 ? bytes : replaced(bytes, at, at, someByte(random));
};
const deleteByte: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  return replaced(bytes, at, at + 1, NOTHING);
};
const replaceByte: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  return replaced(bytes, at, at + 1, someByte(random));
};
const duplicateByte: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  return replaced(bytes, at, at, bytes.subarray(at, at + 1));
};
const duplicateLine: Mutation = (bytes, random) => {
  const [start, end] = someLine(bytes, random);
  return replaced(bytes, start, start, bytes.subarray(start, end));
};
const deleteLine: Mutation = (bytes, random) => {
  const [start, end] = someLine(bytes, random);
  return replaced(bytes, start, end, NOTHING);
};
const moveLine: Mutation = (bytes, random) => {
  const [start, end] = someLine(bytes, random);
  const line = bytes.subarray(start, end);
  const rest = replaced(bytes, start, end, NOTHING);
  if (rest.length === 0) return bytes;
  const [target] = someLine(rest, random);
  return replaced(rest, target, target, line);
};
const insertLine: Mutation = (bytes, random) => {
  const [start] = someLine(bytes, random);
  return replaced(bytes, start, start, latin1(random.pick(LINES)));
};
const insertWord: Mutation = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  return replaced(bytes, at, at, latin1(random.pick(WORDS)));
};
const changeCase: Mutation = (bytes, random) => {
  const at = someIndex(bytes, random, (byte) => /[a-z]/i.test(String.fromCharCode(byte)));
  return at === -1 ? bytes : replaced(bytes, at, at + 1, Uint8Array.of(bytes[at]! ^ 0x20));
};
const changeDigit: Mutation = (bytes, random) => {
  const at = someIndex(bytes, random, (byte) => byte >= 0x30 && byte <= 0x39);
  return at === -1 ? bytes : replaced(bytes, at, at + 1, Uint8Array.of(0x30 + random.below(10)));
};
const changeLineEnd: Mutation = (bytes, random) => {
  const at = someIndex(bytes, random, (byte) => byte === 0x0a);
  if (at === -1) return bytes;
  const start = bytes[at - 1] === 0x0d ? at - 1 : at;
  const end = random.pick(['\n', '\r', '\r\r\n', '\n\r', ' \r\n', '\r\n\t', '\r\n\r\n', '']);
  return replaced(bytes, start, at + 1, latin1(end));
};
const truncate: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));

// Named more than once: what keeps the rest of the message legal finds more.
const MUTATIONS: readonly Mutation[] = [
  insertByte,
  insertAtEdge,
  insertAtEdge,
  deleteByte,
  replaceByte,
  replaceByte,
  duplicateByte,
  duplicateLine,
  deleteLine,
  moveLine,
  insertLine,
  insertLine,
  insertWord,
  changeCase,
  changeDigit,
  changeDigit,
  changeLineEnd,
  truncate,
];

/** One random change; bytes given stay as they are. */
export function mutated(bytes: Buffer, random: Random): Buffer {
  return bytes.length === 0 ? bytes : random.pick(MUTATIONS)(bytes, random);
}

/** The head of one message with the tail of another, cut anywhere. */
export function spliced(first: Buffer, second: Buffer, random: Random): Buffer {
  return Buffer.concat([
    first.subarray(0, random.below(first.length + 1)),
    second.subarray(random.below(second.length + 1)),
  ]);
}

/**
 * Field names that framing, forwarding or logging must recognise. Each has an id below 31, so that a set of them
 * is one integer and "does this head carry any field I must drop?" is one AND.
 */
const names = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'forwarded',
  'via',
  'accept',
  'user-agent',
  'max-forwards',
  'x-request-id',
  'server',
  'http2-settings',
] as const;

export type KnownName = (typeof names)[number];

/** The id of every known name. */
export const fieldId = Object.fromEntries(names.map((name, id) => [name, id])) as Readonly<
  Record<KnownName, number>
>;

/** Stands for every name not in the list. */
export const UNKNOWN_FIELD = 31;

/** @returns the set that holds exactly these names, one bit per id. */
export function fieldSet(...members: readonly KnownName[]): number {
  let set = 0;
  for (const name of members) set |= 1 << fieldId[name];
  return set;
}

/** @returns the id of a lower-case name, or UNKNOWN_FIELD. */
export function idOfName(name: string): number {
  return Object.hasOwn(fieldId, name) ? fieldId[name as KnownName] : UNKNOWN_FIELD; // own key: a KnownName
}

/** Length, first and last but one letter tell the known names apart; checked below, at load. */
function slotOf(length: number, first: number, lastButOne: number): number {
  return (length + (first | 0x20) * 3 + (lastButOne | 0x20) * 16) & 63;
}

const spelling: readonly Uint8Array[] = names.map((name) => new TextEncoder().encode(name));
const slots = new Uint8Array(64).fill(UNKNOWN_FIELD);
spelling.forEach((bytes, id) => {
  const slot = slotOf(bytes.length, bytes[0]!, bytes[bytes.length - 2]!);
  if (slots[slot] !== UNKNOWN_FIELD)
    throw new Error(`Cannot tell apart ${names[id]} by slot ${slot}`);
  slots[slot] = id;
});

/**
 * Recognises a field name in any case, without making a string.
 *
 * @param bytes holds the name at [start, end), token characters only, not empty.
 */
export function recogniseField(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return UNKNOWN_FIELD;
  const id = slots[slotOf(end - start, bytes[start]!, bytes[end - 2]!)]!;
  if (id === UNKNOWN_FIELD) return UNKNOWN_FIELD;
  const expected = spelling[id]!;
  if (expected.length !== end - start) return UNKNOWN_FIELD;
  return equalsIgnoreCase(bytes, start, expected) ? id : UNKNOWN_FIELD;
}

/** @param expected lower case; token characters only, so that folding by one bit is exact for letters. */
export function equalsIgnoreCase(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let at = 0; at < expected.length; at++) {
    const byte = bytes[start + at]!;
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== expected[at]) return false;
  }
  return true;
}

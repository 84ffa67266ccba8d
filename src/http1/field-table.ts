import { SPACE, TAB } from './characters.ts';
import { recogniseField, UNKNOWN_FIELD } from './field-names.ts';

/** Numbers kept per field: name start and end, value start and end, id. */
const STRIDE = 5;

const EMPTY = Buffer.alloc(0);

/**
 * Where the field lines of one head lie: offsets, not strings. What callers get are offsets in `bytes`; kept are offsets
 * from the head's start, so that the bytes may move while the head is being gathered.
 */
export class FieldTable {
  bytes: Buffer = EMPTY;
  /** Where the head starts in `bytes`. */
  base = 0;
  /** First byte of the first field line, and one past the last one, from `base`. */
  start = 0;
  end = 0;
  count = 0;
  /** Ids of the known fields present, one bit each. */
  seen = 0;
  /** Ids of the known fields present more than once. */
  repeated = 0;
  readonly #numbers: number[] = [];

  reset(): void {
    this.bytes = EMPTY;
    this.count = 0;
    this.seen = 0;
    this.repeated = 0;
  }

  /** Says where the head lies from now on. */
  place(bytes: Buffer, base: number): void {
    this.bytes = bytes;
    this.base = base;
  }

  /** A field's name is at [start, end) of `bytes`. */
  startField(bytes: Buffer, start: number, end: number): void {
    const id = recogniseField(bytes, start, end);
    const slot = this.count * STRIDE;
    this.#numbers[slot] = start - this.base;
    this.#numbers[slot + 1] = end - this.base;
    this.#numbers[slot + 4] = id;
    if (id === UNKNOWN_FIELD) return;
    const bit = 1 << id;
    this.repeated |= this.seen & bit;
    this.seen |= bit;
  }

  /** Its value is at [start, end), with white space behind it. */
  endField(bytes: Buffer, start: number, end: number): void {
    let last = end;
    while (last > start && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--;
    const slot = this.count * STRIDE;
    this.#numbers[slot + 2] = start - this.base;
    this.#numbers[slot + 3] = last - this.base;
    this.count++;
  }

  nameStart(index: number): number {
    return this.base + this.#numbers[index * STRIDE]!;
  }

  nameEnd(index: number): number {
    return this.base + this.#numbers[index * STRIDE + 1]!;
  }

  valueStart(index: number): number {
    return this.base + this.#numbers[index * STRIDE + 2]!;
  }

  valueEnd(index: number): number {
    return this.base + this.#numbers[index * STRIDE + 3]!;
  }

  id(index: number): number {
    return this.#numbers[index * STRIDE + 4]!;
  }

  /** One past the field line's CR LF. */
  lineEnd(index: number): number {
    return index + 1 === this.count ? this.base + this.end : this.nameStart(index + 1);
  }

  /** Index of the first field with this id, from `from` on; -1 when there is none. */
  indexOf(id: number, from = 0): number {
    for (let index = from; index < this.count; index++) {
      if (this.id(index) === id) return index;
    }
    return -1;
  }

  /** The values of all fields with this id as one list (RFC 9110 §5.3), joined by ", "; '' when there is none. */
  listText(id: number): string {
    let index = this.indexOf(id);
    if (index === -1) return '';
    let list = this.valueText(index);
    for (index = this.indexOf(id, index + 1); index !== -1; index = this.indexOf(id, index + 1)) {
      list += `, ${this.valueText(index)}`;
    }
    return list;
  }

  /** Whether a field's value is these bytes. */
  valueIs(index: number, expected: Uint8Array): boolean {
    const start = this.valueStart(index);
    if (this.valueEnd(index) - start !== expected.length) return false;
    for (let at = 0; at < expected.length; at++) {
      if (this.bytes[start + at] !== expected[at]) return false;
    }
    return true;
  }

  /** A field's value as latin1 text: one character per byte. */
  valueText(index: number): string {
    return this.bytes.toString('latin1', this.valueStart(index), this.valueEnd(index));
  }
}

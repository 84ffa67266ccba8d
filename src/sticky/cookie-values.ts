import { equalsIgnoreCase } from '../http1/field-names.ts';
import type { FieldTable } from '../http1/field-table.ts';

const COOKIE = Buffer.from('cookie', 'latin1');
const SPACE = 0x20;
const TAB = 0x09;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/**
 * Walks over the values that the Cookie fields of a head give to one cookie, in their order: several fields, and several
 * cookies of one name, are walked through (RFC 6265 §4.2.2: a server cannot rely on which comes first).
 *
 * Pairs end at a semicolon whatever quotes stand around it, as browsers see it; the name is compared in its case, and
 * nothing of a value is cut off or decoded. One pass over the Cookie fields; nothing is allocated.
 */
export class CookieValues {
  /** The present value is at [start, end) of the fields' bytes. */
  start = 0;
  end = 0;
  readonly #name: Uint8Array;
  #fields: FieldTable | null = null;
  /** The field being read. */
  #index = -1;
  /** What is left of it. */
  #at = 0;
  #fieldEnd = 0;

  /** @param name token characters only. */
  constructor(name: string) {
    this.#name = Buffer.from(name, 'latin1');
  }

  /** Turns to another head, before its first value. */
  begin(fields: FieldTable): void {
    this.#fields = fields;
    this.#index = -1;
    this.#at = 0;
    this.#fieldEnd = 0;
  }

  /** Goes to the next value. @returns whether there is one. */
  next(): boolean {
    const fields = this.#fields;
    if (fields === null) return false;
    for (;;) {
      while (this.#at < this.#fieldEnd) {
        if (this.#readPair(fields.bytes)) return true;
      }
      if (!this.#nextField(fields)) {
        this.#fields = null;
        return false;
      }
    }
  }

  #nextField(fields: FieldTable): boolean {
    for (let index = this.#index + 1; index < fields.count; index++) {
      const start = fields.nameStart(index);
      if (fields.nameEnd(index) - start !== COOKIE.length) continue;
      if (!equalsIgnoreCase(fields.bytes, start, COOKIE)) continue;
      this.#index = index;
      this.#at = fields.valueStart(index);
      this.#fieldEnd = fields.valueEnd(index);
      return true;
    }
    return false;
  }

  /** Reads up to the next semicolon. @returns whether it was a pair of the wanted name. */
  #readPair(bytes: Uint8Array): boolean {
    const fieldEnd = this.#fieldEnd;
    let start = this.#at;
    while (start < fieldEnd && (bytes[start] === SPACE || bytes[start] === TAB)) start++;
    let end = start;
    while (end < fieldEnd && bytes[end] !== SEMICOLON) end++;
    this.#at = end + 1;
    this.start = start + this.#name.length + 1;
    this.end = end;
    return this.start <= end && bytes[this.start - 1] === EQUALS && this.#isNamed(bytes, start);
  }

  #isNamed(bytes: Uint8Array, start: number): boolean {
    const name = this.#name;
    for (let at = 0; at < name.length; at++) {
      if (bytes[start + at] !== name[at]) return false;
    }
    return true;
  }
}

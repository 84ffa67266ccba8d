import { fieldId, fieldSet } from '../http1/field-names.ts';
import type { FieldTable } from '../http1/field-table.ts';

const X_REQUEST_ID = fieldSet('x-request-id');
/** What a log and a backend take as it is: 1 to 128 visible ASCII characters. */
const SANE = /^[!-~]{1,128}$/;
const ID_BYTES = 16;
/** Asking for random bytes costs the same for one id as for many. */
const IDS_AT_ONCE = 256;

/**
 * Makes ids of 32 hexadecimal digits, random in all 128 bits: no two alike over restarts and over several lb, none to be
 * guessed from another, and no telling how many there were.
 *
 * Hot: half the time of `crypto.randomUUID`, and a twelfth of its garbage (bench/micro/forwarded.ts).
 */
export class RequestIds {
  readonly #fill: (bytes: Buffer) => void;
  readonly #random = Buffer.alloc(ID_BYTES * IDS_AT_ONCE);
  #at = this.#random.length;

  /** @param fill overwrites all of a buffer with random bytes, as `randomFillSync` of node:crypto. */
  constructor(fill: (bytes: Buffer) => void) {
    this.#fill = fill;
  }

  next(): string {
    if (this.#at === this.#random.length) {
      this.#fill(this.#random);
      this.#at = 0;
    }
    const start = this.#at;
    this.#at = start + ID_BYTES;
    return this.#random.toString('hex', start, this.#at);
  }
}

/** @returns the X-Request-ID of a head; '' unless there is exactly one, and a sane one. */
export function claimedRequestId(fields: FieldTable): string {
  if ((fields.seen & ~fields.repeated & X_REQUEST_ID) === 0) return '';
  const id = fields.valueText(fields.indexOf(fieldId['x-request-id']));
  return SANE.test(id) ? id : '';
}

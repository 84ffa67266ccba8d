import type { KeySource } from '../balancing/algorithm.ts';
import { compileKey, type KeyReader, type KeySubject } from '../balancing/hash-key.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { CookieValues } from '../sticky/cookie-values.ts';

/** Reads what an algorithm's `key` names out of requests. One per route, or per TCP listener. */
export class RequestKey {
  readonly #subject: RequestSubject;
  readonly #read: KeyReader;

  constructor(source: KeySource) {
    this.#subject = new RequestSubject(source.name);
    this.#read = compileKey(source);
  }

  /** @param head null for a TCP session, which has an address and no more. */
  of(head: RequestHead | null, clientAddress: string): number {
    this.#subject.head = head;
    this.#subject.clientAddress = clientAddress;
    return this.#read(this.#subject);
  }
}

/** A request as keys see it: the same object for each, read for the one name it was made with. */
class RequestSubject implements KeySubject {
  head: RequestHead | null = null;
  clientAddress = '';
  readonly #fieldName: string;
  readonly #parameter: string;
  readonly #cookies: CookieValues;

  constructor(name: string) {
    this.#fieldName = name.toLowerCase();
    this.#parameter = `${name}=`;
    this.#cookies = new CookieValues(name);
  }

  get path(): string {
    return this.head?.path ?? '';
  }

  header(): string {
    return this.head?.get(this.#fieldName) ?? '';
  }

  /** The first of that name. */
  cookie(): string {
    if (this.head === null) return '';
    const { fields } = this.head.parser;
    const cookies = this.#cookies;
    cookies.begin(fields);
    return cookies.next() ? fields.bytes.toString('latin1', cookies.start, cookies.end) : '';
  }

  /** The first of that name, as it was sent: two spellings of one value are two keys. */
  query(): string {
    if (this.head === null) return '';
    const { parser, targetStart, targetEnd } = this.head;
    const target = parser.bytes.toString('latin1', targetStart, targetEnd);
    const start = target.indexOf('?') + 1;
    if (start === 0) return '';
    const pair = target
      .slice(start)
      .split('&')
      .find((text) => text.startsWith(this.#parameter));
    return pair?.slice(this.#parameter.length) ?? '';
  }
}

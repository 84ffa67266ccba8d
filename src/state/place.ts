/** One value of a JSON document and where it stands. Every reading throws, naming that place, when it finds another kind. */
export class Place {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  at(key: string): Place {
    return new Place(this.#fields()[key], this.#path === '' ? key : `${this.#path}.${key}`);
  }

  /** @returns null where there is nothing under `key`. */
  optional<T>(key: string, read: (place: Place) => T): T | null {
    return this.#fields()[key] === undefined ? null : read(this.at(key));
  }

  list(): readonly Place[] {
    const value = this.#value;
    if (!Array.isArray(value)) return this.#refuse('a list');
    return value.map((item: unknown, index) => new Place(item, `${this.#path}[${index}]`));
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.#refuse('a text');
  }

  flag(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.#refuse('true or false');
  }

  /** A whole number from 0. */
  count(atMost: number): number {
    const value = this.#value;
    const isCount =
      Number.isInteger(value) && (value as number) >= 0 && (value as number) <= atMost; // an integer is a number
    return isCount ? (value as number) : this.#refuse(`a whole number from 0 to ${atMost}`);
  }

  /** @returns milliseconds since 1970. */
  time(): number {
    const ms = typeof this.#value === 'string' ? Date.parse(this.#value) : Number.NaN;
    return Number.isNaN(ms) ? this.#refuse('a time such as 2026-01-31T12:00:00.000Z') : ms;
  }

  oneOf<const Word extends string>(words: readonly Word[]): Word {
    return words.find((word) => word === this.#value) ?? this.#refuse(words.join(', '));
  }

  #fields(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? (value as Record<string, unknown>) : this.#refuse('a map');
  }

  #refuse(allowed: string): never {
    throw new Error(`${this.#path || 'the document'} must be ${allowed}`);
  }
}

/** The last so many items, in the order they came. */
export class Ring<Item> {
  readonly #items: Item[] = [];
  #capacity: number;
  /** Where the next one goes; before that stands the newest. */
  #next = 0;

  /** @param capacity 0: keeps nothing. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(item: Item): void {
    if (this.#capacity === 0) return;
    this.#items[this.#next] = item; // the list grows to its capacity and is written round from then on
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** From the oldest to the newest. */
  get items(): readonly Item[] {
    if (this.#items.length < this.#capacity) return [...this.#items];
    return [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)];
  }

  /** Keeps the newest of those there are. */
  resize(capacity: number): void {
    if (capacity === this.#capacity) return;
    const kept = capacity === 0 ? [] : this.items.slice(-capacity);
    this.#items.splice(0, this.#items.length, ...kept);
    this.#capacity = capacity;
    this.#next = capacity === 0 ? 0 : kept.length % capacity;
  }
}

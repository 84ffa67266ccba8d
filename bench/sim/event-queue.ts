/**
 * What will happen, soonest first: a binary heap. Events of the same moment come out in the order in which they were
 * put in, so that a run can be repeated exactly.
 */
export class EventQueue<Event> {
  // One heap in three arrays: entry n is before entries 2n + 1 and 2n + 2.
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #events: Event[] = [];
  #pushed = 0;

  /** When the first event is due; Infinity when there is none. */
  get nextMs(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(timeMs: number, event: Event): void {
    const order = this.#pushed++;
    let at = this.#times.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // An equal time went in earlier, so it stays in front.
      if (this.#times[parent]! <= timeMs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#set(at, timeMs, order, event);
  }

  /** Takes the first event out; the queue must not be empty. */
  pop(): Event {
    const first = this.#events[0]!;
    const timeMs = this.#times.pop()!;
    const order = this.#orders.pop()!;
    const event = this.#events.pop()!;
    if (this.#times.length > 0) this.#set(this.#sinkHole(timeMs, order), timeMs, order, event);
    return first;
  }

  /** Moves the hole at the root down to where an entry of this time and order belongs. */
  #sinkHole(timeMs: number, order: number): number {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child + 1 < this.#times.length && this.#isBefore(child + 1, child)) child++;
      if (child >= this.#times.length) return hole;
      const childMs = this.#times[child]!;
      if (timeMs < childMs || (timeMs === childMs && order < this.#orders[child]!)) return hole;
      this.#move(child, hole);
      hole = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#times[a]! - this.#times[b]!;
    return difference < 0 || (difference === 0 && this.#orders[a]! < this.#orders[b]!);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#times[from]!, this.#orders[from]!, this.#events[from]!);
  }

  #set(at: number, timeMs: number, order: number, event: Event): void {
    this.#times[at] = timeMs;
    this.#orders[at] = order;
    this.#events[at] = event;
  }
}

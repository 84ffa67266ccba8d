/** Whoever wants to probe; begins as soon as there is a slot. */
export interface SlotUser {
  begin(): void;
}

/** Bounds how many probes run at once. First come, first served. */
export class ProbeSlots {
  readonly #max: number;
  readonly #waiting = new Set<SlotUser>();
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  enter(user: SlotUser): void {
    if (this.#taken < this.#max) {
      this.#taken++;
      user.begin();
    } else {
      this.#waiting.add(user);
    }
  }

  /** Gives a slot back; the next one begins. */
  leave(): void {
    this.#taken--;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#taken++;
    next.begin();
  }

  /** Waits no longer; for a user without a slot. */
  withdraw(user: SlotUser): void {
    this.#waiting.delete(user);
  }
}

/** A kept-alive connection to a backend; which protocol it speaks is its owner's business. */
export interface IdleConnection {
  /** Closes it; it takes itself out with `remove`. */
  close(): void;
}

/**
 * Kept-alive connections of one backend, the last one used first: the others grow old together and can be closed, and
 * the one most likely to be alive is taken.
 */
export class IdleConnections {
  readonly #max: number;
  readonly #stack: IdleConnection[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#stack.length;
  }

  /** @returns null when none is idle. */
  take(): IdleConnection | null {
    return this.#stack.pop() ?? null;
  }

  /** @returns false when there are enough already: the caller closes the connection. */
  put(connection: IdleConnection): boolean {
    if (this.#stack.length >= this.#max) return false;
    this.#stack.push(connection);
    return true;
  }

  /** Forgets a connection that closed while it was idle; does nothing for one that is not here. */
  remove(connection: IdleConnection): void {
    const at = this.#stack.lastIndexOf(connection);
    if (at !== -1) this.#stack.splice(at, 1);
  }

  closeAll(): void {
    for (const connection of this.#stack.splice(0)) connection.close();
  }
}

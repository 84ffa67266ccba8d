/** What a listener keeps of each client connection. */
export interface ClientConnection {
  /** Closes now if idle, otherwise as soon as what is under way has ended. */
  drain(): void;
  /** Cuts whatever is under way. */
  destroy(): void;
}

/** The client connections of one listener, until the last one is gone. */
export class ConnectionSet {
  readonly #open = new Set<ClientConnection>();
  #onEmpty: (() => void) | null = null;

  get size(): number {
    return this.#open.size;
  }

  add(connection: ClientConnection): void {
    this.#open.add(connection);
  }

  delete(connection: ClientConnection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#onEmpty?.();
  }

  /** Resolves when the set is empty. */
  drain(): Promise<void> {
    for (const connection of [...this.#open]) connection.drain();
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  destroy(): void {
    for (const connection of [...this.#open]) connection.destroy();
  }
}

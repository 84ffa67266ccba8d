import type { Backend } from '../backend/backend.ts';
import type { Reason } from '../foundation/reason.ts';

/** Why lb itself ends a connection that is not idle. */
export type CutReason = Extract<Reason, 'shutdown' | 'drain_timeout'>;

/** What a listener keeps of each client connection. */
export interface ClientConnection {
  /** The backend it is joined to byte by byte, as a tunnel or a TCP session; null for an exchange, or none. */
  readonly joinedTo: Backend | null;
  /** Closes now if idle, otherwise as soon as what is under way has ended. */
  drain(): void;
  /** Cuts whatever is under way. @returns whether anything was: an idle connection is only closed. */
  destroy(reason: CutReason): boolean;
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

  /** Tunnels and TCP sessions. Looks at every connection. @param backend null: whichever they are joined to. */
  sessions(backend: Backend | null): readonly ClientConnection[] {
    return [...this.#open].filter(({ joinedTo }) =>
      backend === null ? joinedTo !== null : joinedTo === backend,
    );
  }

  /** @returns how many of them had something under way. */
  destroy(): number {
    return [...this.#open].filter((connection) => connection.destroy('shutdown')).length;
  }
}

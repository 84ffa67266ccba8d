import { IdleLimit } from './idle-limit.ts';

/** A kept-alive connection to a backend; which protocol it speaks is its owner's business. */
export interface IdleConnection {
  /** Since when it has been idle; written when it is put here. */
  idleSinceMs: number;
  /** Closes it; it takes itself out with `remove`. */
  close(): void;
}

/**
 * Kept-alive connections of one backend, the last one used first: the others grow old together and can be closed, and
 * the one most likely to be alive is taken. Times are readings of the monotonic clock, in milliseconds.
 */
export class IdleConnections {
  /** What the backend is known to do to idle connections. */
  readonly limit = new IdleLimit();
  /** Kept at most; what is above a maximum that has been lowered stays until it is used or grows old. */
  max: number;
  /** The one that has been idle longest first. */
  readonly #stack: IdleConnection[] = [];

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.#stack.length;
  }

  /** @returns null when none is idle, or all for so long that the backend may be closing them now. */
  take(nowMs: number): IdleConnection | null {
    const newest = this.#stack.at(-1);
    if (newest === undefined) return null;
    if (nowMs - newest.idleSinceMs >= this.limit.ms(nowMs)) {
      this.closeAll();
      return null;
    }
    this.#stack.pop();
    return newest;
  }

  /** @returns false when there are enough already, or none may be kept: the caller closes the connection. */
  put(connection: IdleConnection, nowMs: number): boolean {
    if (this.#stack.length >= this.max || this.limit.ms(nowMs) === 0) return false;
    connection.idleSinceMs = nowMs;
    this.#stack.push(connection);
    return true;
  }

  /**
   * Forgets a connection that the backend has closed, and learns from it: what a backend closes for being idle is the
   * one that has been so longest.
   */
  lose(connection: IdleConnection, nowMs: number): void {
    if (this.#stack[0] === connection)
      this.limit.observeClose(nowMs - connection.idleSinceMs, nowMs);
    this.remove(connection);
  }

  /** Forgets a connection that closes; does nothing for one that is not here. */
  remove(connection: IdleConnection): void {
    const at = this.#stack.lastIndexOf(connection);
    if (at !== -1) this.#stack.splice(at, 1);
  }

  closeAll(): void {
    for (const connection of this.#stack.splice(0)) connection.close();
  }
}

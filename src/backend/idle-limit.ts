/** Of a backend's own limit: closing at the same moment as the backend is what must not happen. */
const MARGIN = 0.8;
/** Shorter limits are no limits of anybody, and doubling must lead somewhere. */
const MIN_MS = 10;
/** Without another close for so long, the limit drawn from the last one doubles: it may have been a restart. */
const RELAX_MS = 60_000;
/** From here on there is nothing left to learn from a close. */
const FORGOTTEN_MS = 600_000;
/** Closes that follow another one this closely have the same cause, and only the first says something. */
const BURST_MS = 100;

/**
 * How long connections to one backend may be idle before it closes them, as far as lb has learned: from what its
 * responses say (`Keep-Alive: timeout=5`) and from when it did. A request that is written in the moment of such a close
 * is lost, or has to be sent again; so lb retires connections earlier.
 *
 * What was observed is forgotten slowly, because a backend that restarts closes connections of any age.
 */
export class IdleLimit {
  #announcedMs = Infinity;
  #observedMs = Infinity;
  /** When the observed limit doubles; Infinity while there is none. */
  #relaxAtMs = Infinity;
  #closedMs = -Infinity;

  /** @param nowMs monotonic clock. @returns Infinity while nothing has been learned. */
  ms(nowMs: number): number {
    while (nowMs >= this.#relaxAtMs) this.#relax();
    return this.learnedMs;
  }

  /** The limit as of the last close or use; Infinity while nothing has been learned. */
  get learnedMs(): number {
    return Math.min(this.#announcedMs, this.#observedMs);
  }

  /** A response says how long the backend keeps an idle connection. */
  announce(seconds: number): void {
    this.#announcedMs = seconds * 1000 * MARGIN;
  }

  /** The backend has closed the connection that had been idle longest. @param idleMs for how long. */
  observeClose(idleMs: number, nowMs: number): void {
    const burst = nowMs - this.#closedMs < BURST_MS;
    this.#closedMs = nowMs;
    if (burst) return;
    this.#observedMs = Math.max(MIN_MS, idleMs * MARGIN);
    this.#relaxAtMs = nowMs + RELAX_MS;
  }

  #relax(): void {
    this.#observedMs *= 2;
    this.#relaxAtMs += RELAX_MS;
    if (this.#observedMs < FORGOTTEN_MS) return;
    this.#observedMs = Infinity;
    this.#relaxAtMs = Infinity;
  }
}

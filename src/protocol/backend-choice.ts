import type { Backend } from '../backend/backend.ts';
import type { Reason } from '../foundation/reason.ts';
import type { Balancer } from '../pool/balancer.ts';
import type { Pool } from '../pool/pool.ts';
import type { QueuePlace, Waiter, WaitReason } from '../pool/wait-queue.ts';

/** What needs a backend: an exchange or a session. */
export interface ChoiceOwner {
  /** Attempts begun so far. */
  readonly attempts: number;
  readonly startedMs: number;
  /** It has one, which counts it as in flight from now on. Told at once, or after a wait. */
  onBackend(backend: Backend): void;
  /** It gets none. */
  onNoBackend(reason: Extract<Reason, WaitReason | 'queue_full'>): void;
}

/** How an attempt came to fail, as far as the next one goes by it. */
export interface FailedAttempt {
  readonly reason: Reason;
  /** The backend cannot have seen anything of it. */
  readonly unsent: boolean;
  /** The backend has another address, where the next attempt would go. */
  readonly elsewhere: boolean;
  /** It went over a connection that had been idle, and which the backend has closed: that says nothing about the backend. */
  readonly raced: boolean;
  readonly nowMs: number;
}

const NOBODY: readonly Backend[] = [];

/**
 * Finds the backend for each attempt of one exchange or session, waits where all are full, and keeps the pool's count of
 * what is in flight right. One per owner, used again for every exchange.
 */
export class BackendChoice implements Waiter {
  readonly #owner: ChoiceOwner;
  #pool: Pool | null = null;
  #balancer: Balancer | null = null;
  #key = 0;
  /** The backend the client is bound to, as long as that keeps its clients. */
  #bound: Backend | null = null;
  #tried: readonly Backend[] = NOBODY;
  /** The backend that counts this as in flight. */
  #taken: Backend | null = null;
  #place: QueuePlace | null = null;
  /** The present attempt is a retry that the pool's budget bounds. */
  #charged = false;
  /** Time spent waiting, over all attempts. */
  waitedMs = 0;

  constructor(owner: ChoiceOwner) {
    this.#owner = owner;
  }

  get waiting(): boolean {
    return this.#place !== null;
  }

  /** What a client that is sent away now is told. */
  get retryAfterSeconds(): number {
    return this.#pool === null ? 1 : this.#pool.queue.retryAfterSeconds();
  }

  /** Forgets the exchange before. */
  reset(): void {
    this.#pool = null;
    this.#tried = NOBODY;
    this.waitedMs = 0;
  }

  /**
   * Finds the backend for the first attempt.
   *
   * @param key for the algorithm; 0 when it takes none.
   * @param bound the backend to prefer, which `keepsClients`; null for none. While it is full it is waited for; when too
   *   many do so already, or it takes too long, another will do.
   */
  begin(pool: Pool, balancer: Balancer, key: number, bound: Backend | null): void {
    this.#pool = pool;
    this.#balancer = balancer;
    this.#key = key;
    this.#bound = bound;
    if (bound !== null) {
      if (pool.isFree(bound)) {
        this.#take(pool, bound);
        return;
      }
      if (this.#wait(pool)) return;
      this.#bound = null;
    }
    const backend = balancer.pick(key);
    if (backend !== null) this.#take(pool, backend);
    else if (!pool.hasEligible) this.#owner.onNoBackend('no_backend');
    else if (!this.#wait(pool)) this.#owner.onNoBackend('queue_full');
  }

  /**
   * The attempt failed: finds another backend than those tried, or waits for one; the same will do, when
   * there is no other with room, if the attempt raced or the backend has another address.
   *
   * @returns false when no retry is left, or nobody to try; the owner is then told nothing more.
   */
  retry(failed: Backend, attempt: FailedAttempt): boolean {
    const pool = this.#pool!; // set since the first attempt, as is the balancer
    const { attempts, timeoutMs } = pool.options.retries;
    const { startedMs } = this.#owner;
    if (this.#owner.attempts > attempts || attempt.nowMs - startedMs >= timeoutMs) return false;
    const next = this.#nextAfter(failed, attempt.raced || attempt.elsewhere);
    if (next === null && !pool.eligible.some((backend) => this.accepts(backend))) return false;
    if (!this.#mayRepeat(pool, failed, attempt)) return false;
    if (next === failed) {
      this.#owner.onBackend(failed);
    } else {
      this.#leaveBackend();
      if (next !== null) this.#take(pool, next);
      else if (!this.#wait(pool)) return false;
    }
    pool.retries.count(attempt.reason);
    return true;
  }

  /** @returns null when there is none, or it is full. */
  #nextAfter(failed: Backend, sameWillDo: boolean): Backend | null {
    // That an idle connection was closed, or one address is dead, says nothing against the client's own backend.
    if (sameWillDo && failed === this.#bound && failed.keepsClients) return failed;
    this.#bound = null;
    this.#tried = [...this.#tried, failed];
    const next = this.#balancer!.pickOther(this.#key, this.#tried); // set since the first attempt
    return next ?? (sameWillDo ? failed : null);
  }

  /**
   * The budget bounds what makes backends work twice. It does not bound moving exchanges away from a backend that takes
   * no traffic any more, nor attempts that can have cost nobody any work.
   */
  #mayRepeat(pool: Pool, failed: Backend, { unsent, raced }: FailedAttempt): boolean {
    this.#refund();
    if (unsent || raced || !failed.healthy || failed.ejected) return true;
    const { backends, options, retries } = pool;
    const active = backends.reduce((sum, backend) => sum + backend.active, 0);
    this.#charged = retries.charge(backends.length, active, options.retries.budgetPercent);
    return this.#charged;
  }

  #refund(): void {
    if (this.#charged) this.#pool!.retries.refund(); // set since the first attempt
    this.#charged = false;
  }

  #take(pool: Pool, backend: Backend): void {
    this.#taken = backend;
    pool.begin(backend);
    this.#owner.onBackend(backend);
  }

  #wait(pool: Pool): boolean {
    this.#place = pool.wait(this);
    return this.#place !== null;
  }

  /** Its backend has nothing more to do with it; and it waits no longer. */
  release(): void {
    this.#leave();
    this.#refund();
    this.#leaveBackend();
  }

  #leaveBackend(): void {
    const taken = this.#taken;
    if (taken === null) return;
    this.#taken = null;
    this.#pool!.end(taken); // set since the backend was taken
  }

  #leave(): void {
    const place = this.#place;
    if (place === null) return;
    this.#place = null;
    this.waitedMs += place.leave();
  }

  // Waiting.

  accepts(backend: Backend): boolean {
    const bound = this.#bound;
    if (bound?.keepsClients) return backend === bound;
    return backend.slot >= 0 && !this.#tried.includes(backend);
  }

  onTurn(backend: Backend): void {
    this.#leave();
    this.#take(this.#pool!, backend); // set since it waits
  }

  onGivenUp(reason: WaitReason): void {
    this.#leave();
    // Whoever waited for one backend has not asked the others yet.
    const other = this.#bound === null ? null : this.#balancer!.pick(this.#key); // set since it waits, as is the pool
    this.#bound = null;
    if (other === null) this.#owner.onNoBackend(reason);
    else this.#take(this.#pool!, other);
  }
}

import type { Clock } from '../foundation/clock.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import { describeState, renderState } from './state-document.ts';
import { replaceFile } from './state-file.ts';
import { messageOf, type StateOptions } from './state-options.ts';

/** Changes are looked for this often, so there is at most one write in this time. */
const LOOK_MS = 1000;

/** Written this often without a change, too: the age of the file tells how long lb has been away. */
const RENEW_MS = 60_000;

/** Between attempts while writing fails. */
const RETRY_MS = 10_000;

export interface StateWriterOptions extends StateOptions {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
}

/**
 * Keeps the state file true. It looks for changes by itself, so that whoever makes one need not know of it, and never
 * stands in the way of traffic: comparing costs some microseconds a second, and nobody waits for the disk.
 */
export class StateWriter implements Expirable {
  failures = 0;
  readonly #options: StateWriterOptions;
  readonly #timer = new WheelTimer(this);
  /** The facts in the file. Each is a new object when it changes, so that comparing them takes no more than this. */
  #written: readonly object[] = [];
  /** When the last write began; monotonic clock. */
  #triedMs = -Infinity;
  /** The last write failed. */
  #failing = false;
  /** null while none is under way. Never rejects. */
  #writing: Promise<void> | null = null;

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  /** Writes now, and whenever something has changed. */
  start(): void {
    this.onDeadline();
  }

  /** Resolves when all that is so by now has been written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
    this.onDeadline();
    await this.#writing;
  }

  /** Writes a last time, after what is being written. */
  async stop(): Promise<void> {
    this.#options.wheel.cancel(this.#timer);
    this.#writing = Promise.resolve(this.#writing).then(() => this.#write());
    await this.#writing;
  }

  get path(): string {
    return this.#options.path;
  }

  /** A write is under way. */
  get busy(): boolean {
    return this.#writing !== null;
  }

  onDeadline(): void {
    this.#options.wheel.schedule(this.#timer, LOOK_MS);
    if (this.busy || !this.#isDue) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
    });
  }

  get #isDue(): boolean {
    const sinceMs = this.#options.clock.now() - this.#triedMs;
    if (this.#failing) return sinceMs >= RETRY_MS;
    return sinceMs >= RENEW_MS || !areSame(this.#facts(), this.#written);
  }

  #facts(): readonly object[] {
    const { backends, overlay } = this.#options.owner;
    const facts = backends.flatMap(({ backend, observed, circuit, ordered }) => [
      backend,
      observed,
      circuit,
      ordered,
    ]);
    return [overlay, ...facts];
  }

  async #write(): Promise<void> {
    const { path, owner, clock, wallClock, log } = this.#options;
    const facts = this.#facts();
    this.#triedMs = clock.now();
    try {
      await replaceFile(path, renderState(describeState(owner, wallClock())));
      this.#written = facts;
      if (this.#failing) log.info({ path }, 'the state file is written again');
      this.#failing = false;
    } catch (error) {
      this.failures++;
      if (!this.#failing) this.#complain(error);
      this.#failing = true;
    }
  }

  #complain(error: unknown): void {
    const { path, log } = this.#options;
    const consequence = 'until it can be, health and orders do not survive a restart';
    log.error({ path, why: messageOf(error) }, `cannot write the state file: ${consequence}`);
  }
}

function areSame(some: readonly object[], others: readonly object[]): boolean {
  return some.length === others.length && some.every((fact, index) => fact === others[index]);
}

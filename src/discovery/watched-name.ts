import type { Clock } from '../foundation/clock.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import { inOrder } from './address-order.ts';
import type { Answer, NameResolver } from './resolver.ts';

/** However short or long a record lives, its name is resolved again after a time between these. */
const MIN_REFRESH_MS = 1000;
const MAX_REFRESH_MS = 300_000;
/** After failures in a row: doubled each time, up to the second. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** Share of a delay by which it may be shorter or longer, so that names are not resolved in step. */
const JITTER = 0.1;
/** Waiting for a turn included. What comes later is not heard. */
const DEADLINE_MS = 15_000;
/** Beyond this a name's addresses are ignored: every address of some names becomes a backend. */
const MAX_ADDRESSES = 256;

/** Hears what becomes of a name. */
export interface NameListener {
  /** The name has other addresses than before, of which there are none when it resolves for the first time. */
  onAddresses(name: WatchedName, before: readonly string[]): void;
  /** Told once until the name resolves again. The addresses stay as they are. */
  onFailing(name: WatchedName, why: string): void;
  /** It resolves again. */
  onRecovered(name: WatchedName): void;
}

export interface NameServices {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly resolver: NameResolver;
  readonly listener: NameListener;
}

/**
 * One name, resolved again and again. It keeps the addresses of the last answer for as long as there is no other: that
 * DNS fails, or says that there is no such name, takes nobody out of traffic; probes do that.
 *
 * ```
 *   start ──► RESOLVING ──answer, failure or deadline──► WAITING ──time to live, or retry──► RESOLVING
 * ```
 */
export class WatchedName implements Expirable {
  readonly host: string;
  /** In a fixed order, IPv4 first. Empty: never resolved. */
  addresses: readonly string[] = [];
  answers = 0;
  failures = 0;
  /** Fulfilled when the first resolution has ended, well or not, or will not. */
  readonly tried: Promise<void>;
  readonly #services: NameServices;
  readonly #markTried: () => void;
  /** Of the next resolution, or the deadline of the one under way. */
  readonly #timer = new WheelTimer(this);
  /** Tells the resolution under way from those that came too late; null between two. */
  #resolving: object | null = null;
  #failuresInRow = 0;

  constructor(host: string, services: NameServices) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.host = host;
    this.#services = services;
    this.tried = promise;
    this.#markTried = resolve;
  }

  /** Looks it up at once, whatever is under way. */
  start(): void {
    const { wheel, resolver } = this.#services;
    const resolving = {};
    this.#resolving = resolving;
    wheel.schedule(this.#timer, DEADLINE_MS);
    const inTime = () => this.#resolving === resolving;
    resolver.resolve(this.host).then(
      (answer) => {
        if (inTime()) this.#take(answer);
      },
      (error: unknown) => {
        if (inTime()) this.#fail(wordsFor(error));
      },
    );
  }

  stop(): void {
    this.#services.wheel.cancel(this.#timer);
    this.#resolving = null;
    this.#markTried();
  }

  onDeadline(): void {
    if (this.#resolving === null) this.start();
    else this.#fail('DNS did not answer in time');
  }

  #take({ addresses, ttlMs, partial }: Answer): void {
    const { listener } = this.#services;
    const before = this.addresses;
    const known = partial ? before : [];
    const hasFailed = this.#failuresInRow > 0;
    this.addresses = inOrder([...known, ...addresses]).slice(0, MAX_ADDRESSES);
    this.answers++;
    this.#failuresInRow = 0;
    this.#next(Math.min(Math.max(ttlMs, MIN_REFRESH_MS), MAX_REFRESH_MS));
    if (hasFailed) listener.onRecovered(this);
    if (before.join() !== this.addresses.join()) listener.onAddresses(this, before);
    this.#markTried();
  }

  #fail(why: string): void {
    this.failures++;
    this.#next(Math.min(FIRST_RETRY_MS * 2 ** this.#failuresInRow, MAX_RETRY_MS));
    this.#failuresInRow++;
    if (this.#failuresInRow === 1) this.#services.listener.onFailing(this, why);
    this.#markTried();
  }

  #next(delayMs: number): void {
    const { wheel, random } = this.#services;
    this.#resolving = null;
    wheel.schedule(this.#timer, delayMs * (1 - JITTER + 2 * JITTER * random()));
  }
}

function wordsFor(error: unknown): string {
  const words = new Map([
    ['ENOTFOUND', 'there is no such name'],
    ['ENODATA', 'the name has no address'],
    ['ETIMEOUT', 'DNS did not answer in time'],
    ['ECONNREFUSED', 'the DNS server cannot be reached'],
    ['ESERVFAIL', 'the DNS server failed'],
    ['EAI_AGAIN', 'DNS did not answer in time'],
  ]);
  const { code, message } = error as NodeJS.ErrnoException; // resolvers reject with nothing else
  return words.get(code ?? '') ?? code ?? message;
}

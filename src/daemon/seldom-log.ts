import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { Log } from './log.ts';

/** What is said again within this time is said once, at its end. */
const QUIET_MS = 10_000;

type Level = 'warn' | 'error';

/**
 * Says what may happen thousands of times a second: at once when it begins, and then every ten seconds how often
 * (`times`), for as long as it goes on. One line each for what differs in message or subject.
 */
export class SeldomLog {
  readonly #log: Log;
  readonly #wheel: TimerWheel;
  /** What was said in the last ten seconds. */
  readonly #sayings = new Map<string, Saying>();

  constructor(log: Log, wheel: TimerWheel) {
    this.#log = log;
    this.#wheel = wheel;
  }

  /** @param subject what it is about, by names of the configuration: there may not be too many. */
  warn(subject: string, facts: object, message: string): void {
    this.#say('warn', subject, facts, message);
  }

  error(subject: string, facts: object, message: string): void {
    this.#say('error', subject, facts, message);
  }

  #say(level: Level, subject: string, facts: object, message: string): void {
    const key = `${subject}\n${message}`;
    const said = this.#sayings.get(key);
    if (said !== undefined) {
      said.again(facts);
      return;
    }
    this.#log[level](facts, message);
    const tell = (latest: object) => this.#log[level](latest, message);
    this.#sayings.set(key, new Saying(this.#wheel, tell, () => this.#sayings.delete(key)));
  }
}

/** One thing that was said, until ten seconds have passed without it. */
class Saying implements Expirable {
  readonly #wheel: TimerWheel;
  readonly #tell: (facts: object) => void;
  readonly #onOver: () => void;
  readonly #timer = new WheelTimer(this);
  /** Of the last time. */
  #facts: object = {};
  /** Since the last line. */
  #times = 0;

  constructor(wheel: TimerWheel, tell: (facts: object) => void, onOver: () => void) {
    this.#wheel = wheel;
    this.#tell = tell;
    this.#onOver = onOver;
    wheel.schedule(this.#timer, QUIET_MS);
  }

  again(facts: object): void {
    this.#facts = facts;
    this.#times++;
  }

  onDeadline(): void {
    if (this.#times === 0) {
      this.#onOver();
      return;
    }
    this.#tell({ ...this.#facts, times: this.#times });
    this.#times = 0;
    this.#wheel.schedule(this.#timer, QUIET_MS);
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../fuzz/random.ts';
import { BackendChild, type BackendMode } from '../helpers/backend-child.ts';
import { configOf } from './config.ts';
import type { Subject } from './subject.ts';

const MODES = ['reset', 'cut', 'drip', 'closed'] as const satisfies readonly BackendMode[];
const FAULTS = ['kill', 'stop', ...MODES] as const;
/** Longest fault, and longest rest after it. */
const FAULT_MS = 2000;
const REST_MS = 1500;
const RELOAD_EVERY_MS = 3000;
const ALGORITHMS = ['round_robin', 'least_connections', 'power_of_two', 'random'] as const;

const COUNT = 5;
/** The one that reloads take away and give back. */
const REMOVABLE = 3;

/** The backends. Faults happen to the first four, at most to one of each pair at a time; the last is always well. */
export class Backends {
  readonly all: BackendChild[];

  static async start(): Promise<Backends> {
    // Nobody dials from these addresses, so the port of a dead backend stays free.
    const starting = Array.from({ length: COUNT }, (_, at) =>
      BackendChild.start({
        name: `backend-${at}`,
        address: `127.0.0.${at + 2}:0`,
        tcpAddress: `127.0.0.${at + 2}:0`,
      }),
    );
    return new Backends(await Promise.all(starting));
  }

  constructor(all: BackendChild[]) {
    this.all = all;
  }

  /** Breaks a backend in some way for some time, and mends it. @returns how. */
  async trouble(at: number, random: Random): Promise<string> {
    const backend = this.all[at]!;
    const fault = random.pick(FAULTS);
    const lastsMs = random.below(FAULT_MS);
    if (fault === 'kill') {
      await backend.kill();
      await delay(lastsMs);
      this.all[at] = await BackendChild.start(backend);
    } else if (fault === 'stop') {
      backend.signal('SIGSTOP');
      await delay(lastsMs);
      backend.signal('SIGCONT');
    } else {
      await backend.setMode(fault);
      await delay(lastsMs);
      await backend.setMode('well');
    }
    return fault;
  }

  async kill(): Promise<void> {
    await Promise.all(this.all.map((backend) => backend.kill()));
  }
}

/** Faults and reloads, at random but the same for the same seed. */
export class Unrest {
  /** How often each fault has happened. */
  readonly faults = new Map<string, number>();
  readonly #backends: Backends;
  readonly #subject: Subject;
  readonly #random: Random;

  constructor(backends: Backends, subject: Subject, random: Random) {
    this.#backends = backends;
    this.#subject = subject;
    this.#random = random;
  }

  /** Goes on for so long, and ends with everything mended and the whole configuration in force. */
  async run(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs;
    await Promise.all([
      this.#troublePair(0, endMs),
      this.#troublePair(2, endMs),
      this.#reload(endMs),
    ]);
    await this.#subject.reload(configOf(this.#backends.all, 'round_robin'));
  }

  async #troublePair(first: number, endMs: number): Promise<void> {
    while (performance.now() < endMs) {
      const fault = await this.#backends.trouble(first + this.#random.below(2), this.#random);
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
      await delay(this.#random.below(REST_MS));
    }
  }

  /** Other algorithms, and a backend that is taken away and given back. */
  async #reload(endMs: number): Promise<void> {
    while (performance.now() < endMs) {
      await delay(this.#random.below(RELOAD_EVERY_MS));
      const { all } = this.#backends;
      const backends = this.#random.oneIn(2) ? all.toSpliced(REMOVABLE, 1) : all;
      await this.#subject.reload(configOf(backends, this.#random.pick(ALGORITHMS)));
    }
  }
}

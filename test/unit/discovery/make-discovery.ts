import { setImmediate } from 'node:timers/promises';
import { Discovery } from '../../../src/discovery/discovery.ts';
import type { Answer, NameResolver } from '../../../src/discovery/resolver.ts';
import type { WatchedName } from '../../../src/discovery/watched-name.ts';
import type { Address } from '../../../src/foundation/address.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

interface Question {
  readonly host: string;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

/** Names whose time passes, and whose questions are answered, when the test says so. */
export class TestDiscovery implements NameResolver {
  readonly clock = new ManualClock();
  readonly wheel = new TimerWheel(this.clock);
  readonly discovery: Discovery;
  /** What was told, in words. */
  readonly told: string[] = [];
  /** Every host that was asked for, in order. */
  readonly asked: string[] = [];
  cancelled = false;
  readonly #open: Question[] = [];

  /** @param random of the jitter; 0.5 is none. */
  constructor(random: () => number = () => 0.5) {
    const { clock, wheel, told } = this;
    this.discovery = new Discovery({
      clock,
      wheel,
      random,
      resolver: this,
      listener: {
        onAddresses: ({ host, before, after }) => told.push(`${host}: ${before} → ${after}`),
        onFailing: ({ host }, why) => told.push(`${host}: ${why}`),
        onRecovered: ({ host }) => told.push(`${host}: recovered`),
      },
    });
  }

  resolve(host: string): Promise<Answer> {
    this.asked.push(host);
    return new Promise((answer, fail) => this.#open.push({ host, answer, fail }));
  }

  cancel(): void {
    this.cancelled = true;
  }

  /** @returns the name, whose first question is open. */
  watch(host: string): WatchedName {
    void this.discovery.watch([addressOf(host)]);
    return [...this.discovery.names].find((name) => name.host === host)!; // it is watched
  }

  /** Answers the oldest question that is open. */
  async answer(addresses: readonly string[], ttlMs = 60_000, partial = false): Promise<void> {
    this.#open.shift()!.answer({ addresses, ttlMs, partial }); // the test knows that there is one
    await setImmediate();
  }

  async fail(code: string): Promise<void> {
    this.#open.shift()!.fail(Object.assign(new Error(code), { code })); // as above
    await setImmediate();
  }

  pass(ms: number): void {
    this.clock.pass(ms);
    this.wheel.advance();
  }
}

export function addressOf(host: string, port = 80): Address {
  return { kind: 'tcp', host, port };
}

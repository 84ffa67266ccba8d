import type { Address } from '../foundation/address.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { MetricsSource, Push, PushExporter } from './exporter.ts';
import { familiesOf } from './families/all.ts';
import { inSlices } from './in-slices.ts';
import { inDatagrams, StatsdLines } from './statsd-lines.ts';
import { UdpSender } from './udp-sender.ts';

/** How long the last push may take: lb is about to end, or to push to somebody else. */
const LAST_PUSH_MS = 1000;

export interface StatsdTarget {
  /** Host and port. */
  readonly address: Address;
  readonly intervalMs: number;
  /** What every name begins with, before a dot; '' for nothing. */
  readonly prefix: string;
}

/** StatsD over UDP; `StatsdLines` has the format. */
export const statsd: PushExporter<'statsd', StatsdTarget> = {
  name: 'statsd',
  start: (target, source, wheel) => new StatsdPush(target, source, wheel),
};

class StatsdPush implements Push, Expirable {
  readonly #source: MetricsSource;
  readonly #wheel: TimerWheel;
  readonly #intervalMs: number;
  readonly #lines: StatsdLines;
  readonly #sender: UdpSender;
  readonly #timer = new WheelTimer(this);
  #running: Promise<void>;
  #busy = true;

  constructor(
    { address, intervalMs, prefix }: StatsdTarget,
    source: MetricsSource,
    wheel: TimerWheel,
  ) {
    this.#source = source;
    this.#wheel = wheel;
    this.#intervalMs = intervalMs;
    this.#lines = new StatsdLines(prefix);
    this.#sender = new UdpSender(address);
    this.#running = this.#run(() => this.#begin());
    this.#wheel.schedule(this.#timer, this.#intervalMs);
  }

  get failures(): number {
    return this.#sender.failures;
  }

  /** One that takes longer than an interval is not overtaken by the next. */
  onDeadline(): void {
    this.#wheel.schedule(this.#timer, this.#intervalMs);
    if (!this.#busy) this.#running = this.#run(() => this.#push());
  }

  /** Looks up nothing any more, for that cannot be broken off: it goes to where the last push went. */
  async stop(): Promise<void> {
    this.#wheel.cancel(this.#timer);
    let timeout: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timeout = setTimeout(resolve, LAST_PUSH_MS);
    });
    await Promise.race([this.#running.then(() => this.#send()), patience]);
    clearTimeout(timeout);
    this.#sender.close();
  }

  async #run(task: () => Promise<void>): Promise<void> {
    this.#busy = true;
    await task();
    this.#busy = false;
  }

  async #begin(): Promise<void> {
    // What was counted before lb was told to push here is not sent as if it had happened now.
    for await (const _ of inSlices(this.#lines.next(familiesOf(this.#source))));
    await this.#sender.resolve();
  }

  /** What cannot be sent now is part of the next push. */
  async #push(): Promise<void> {
    if (await this.#sender.resolve()) await this.#send();
  }

  async #send(): Promise<void> {
    const lines = this.#lines.next(familiesOf(this.#source));
    for await (const datagrams of inSlices(inDatagrams(lines))) {
      for (const datagram of datagrams) await this.#sender.send(datagram);
    }
  }
}

import { EventEmitter } from 'node:events';
import { Agent, get } from 'node:http';
import { onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

/** With a connection kept alive, and with one per request. */
const CLIENTS_OF_A_KIND = 5;
export const CLIENTS = 2 * CLIENTS_OF_A_KIND;

/** Clients that send one GET after the other until they are stopped. */
export class Load {
  /** Bodies of the responses with status 200 so far. */
  readonly answers: string[] = [];
  /** Everything else, in words. */
  readonly lost: string[] = [];
  /** How many of those had begun with status 200, and were cut. */
  cut = 0;
  readonly #events = new EventEmitter();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS_OF_A_KIND });
  readonly #url: string;
  readonly #clients: Promise<unknown>;
  #stopped = false;

  constructor(address: string) {
    this.#url = `http://${address}/`;
    const agents = Array.from(
      { length: CLIENTS_OF_A_KIND },
      () => [this.#agent, false] as const,
    ).flat();
    this.#clients = Promise.all(agents.map((agent) => this.#run(agent)));
  }

  /** Waits until so many more answers have come. */
  more(count: number): Promise<unknown> {
    return this.#untilAfter(() => this.answers.length, count);
  }

  /** Waits until so many more GETs have been lost. */
  moreLost(count: number): Promise<unknown> {
    return this.#untilAfter(() => this.lost.length, count);
  }

  /** Waits for an answer of this backend that has not come yet. */
  answerOf(name: string): Promise<unknown> {
    const from = this.answers.length;
    return this.#until(() => this.answers.includes(name, from), `an answer of ${name}`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
    this.#agent.destroy();
  }

  #untilAfter(count: () => number, more: number): Promise<unknown> {
    const from = count();
    return this.#until(() => count() >= from + more, `${more} more`);
  }

  #until(isSo: () => boolean, what: string): Promise<unknown> {
    const story = () => `Not in time: ${what}; lost so far: ${this.lost.join(', ')}`;
    return waitFor(this.#events, 'change', () => (isSo() ? true : undefined), story);
  }

  /** @param agent false: a connection per request. */
  async #run(agent: Agent | false): Promise<void> {
    while (!this.#stopped) {
      await this.#ask(agent);
      this.#events.emit('change');
    }
  }

  #ask(agent: Agent | false): Promise<void> {
    return new Promise((resolve) => {
      const lose = (story: string) => {
        this.lost.push(story);
        resolve();
      };
      const asked = get(this.#url, { agent }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('error', (error) => {
          if (response.statusCode === 200) this.cut++;
          lose(error.message);
        });
        response.on('end', () => {
          if (response.statusCode !== 200) return lose(`${response.statusCode} ${body}`);
          this.answers.push(body);
          resolve();
        });
      });
      asked.on('error', (error) => lose(error.message));
    });
  }
}

/** Starts clients of `address`; they are gone when the test ends. */
export function startLoad(address: string): Load {
  const load = new Load(address);
  onTestFinished(() => load.stop());
  return load;
}

import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../fuzz/random.ts';
import { ask, type HttpAsk, type HttpOutcome, type HttpResult } from './http-clients.ts';
import { holdTcp, holdWebSocket } from './sessions.ts';
import type { Subject } from './subject.ts';

/** Longest pause between two requests of a client. */
const THINK_MS = 8;
const UPLOAD = Buffer.alloc(300_000, 'u');
const DOWNLOAD_BYTES = 300_000;
/** More than sockets can hold: whoever leaves has not read all of it. */
const ABANDONED_BYTES = 32 * 1024 * 1024;

const PLAIN = { method: 'GET', path: '/', body: null, agent: false, leaves: false } as const;

/** Clients of all kinds; what they have counted stands against what lb has counted. */
export class SoakLoad {
  readonly outcomes: Record<HttpOutcome, number> = {
    whole: 0,
    refused: 0,
    cut: 0,
    lost: 0,
    wrong: 0,
    left: 0,
  };
  webSockets = 0;
  tcpSessions = 0;
  /** GETs with nothing special about them that lb refused though another backend could have answered, by its answer. */
  readonly refusedGets = new Map<string, number>();
  readonly #subject: Subject;
  readonly #random: Random;
  #agent = new Agent({ keepAlive: true });
  #clients: Promise<unknown> | null = null;
  #stopped = false;

  constructor(subject: Subject, random: Random) {
    this.#subject = subject;
    this.#random = random;
  }

  get requests(): number {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  get failures(): number {
    return this.requests - this.outcomes.whole;
  }

  start(): void {
    this.#stopped = false;
    this.#agent = new Agent({ keepAlive: true });
    const get = (agent: Agent | false) => () => this.#get(agent);
    const kept = get(this.#agent);
    const fresh = get(false);
    const steps = [kept, kept, kept, kept, fresh, fresh, fresh];
    steps.push(
      () => this.#upload(),
      () => this.#download(),
      () => this.#abandon(),
    );
    steps.push(
      () => this.#holdWebSocket(),
      () => this.#holdWebSocket(),
    );
    steps.push(
      () => this.#holdTcp(),
      () => this.#holdTcp(),
    );
    this.#clients = Promise.all(steps.map((step) => this.#repeat(step)));
  }

  /** Resolves when every client has had its last answer and closed its connections. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
    this.#agent.destroy();
  }

  async #repeat(step: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      await step();
      await delay(this.#random.below(THINK_MS));
    }
  }

  async #get(agent: Agent | false): Promise<void> {
    const isRight = (body: string) => body.startsWith('backend-');
    const { outcome, text } = await this.#ask({ ...PLAIN, agent, isRight });
    if (outcome !== 'refused') return;
    this.refusedGets.set(text, (this.refusedGets.get(text) ?? 0) + 1);
  }

  async #upload(): Promise<void> {
    const isRight = (body: string) => body === `${UPLOAD.length}`;
    const what = { method: 'POST', path: '/upload', body: UPLOAD } as const;
    await this.#ask({ ...PLAIN, ...what, agent: this.#agent, isRight });
  }

  async #download(): Promise<void> {
    const isRight = ({ length }: string) => length === DOWNLOAD_BYTES;
    await this.#ask({ ...PLAIN, path: `/bytes/${DOWNLOAD_BYTES}`, agent: this.#agent, isRight });
  }

  async #abandon(): Promise<void> {
    const path = `/bytes/${ABANDONED_BYTES}`;
    await this.#ask({ ...PLAIN, path, leaves: true, isRight: () => false });
  }

  async #ask(how: HttpAsk): Promise<HttpResult> {
    const result = await ask(this.#subject.address('web'), how);
    this.outcomes[result.outcome]++;
    return result;
  }

  async #holdWebSocket(): Promise<void> {
    this.webSockets++;
    await holdWebSocket(this.#subject.address('sessions'));
  }

  async #holdTcp(): Promise<void> {
    this.tcpSessions++;
    await holdTcp(this.#subject.address('tcp'));
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { resolve } from 'node:path';
import { waitFor } from './wait-for.ts';

const PROGRAM = resolve(import.meta.dirname, 'backend-program.ts');

/** What a backend does to requests that come while it is in this mode. */
export type BackendMode =
  /** Answers them. */
  | 'well'
  /** Resets their connections instead of answering. */
  | 'reset'
  /** Sends half of a response, then RST. */
  | 'cut'
  /** Answers GET / byte by byte. */
  | 'drip'
  /** Breaks every connection and listens no more, though its process lives. */
  | 'closed'
  /** Answers, but goes and comes back once a second. */
  | 'flap';

/** What the process tells its parent. */
export type BackendReport =
  | { readonly kind: 'listening'; readonly address: string; readonly tcpAddress: string }
  | { readonly kind: 'mode'; readonly mode: BackendMode }
  | { readonly kind: 'flapped' };

export interface BackendChildOptions {
  readonly name: string;
  /** Where to listen; on free ports unless it takes the place of another. */
  readonly address: string;
  readonly tcpAddress?: string;
  /** A command that runs the process in surroundings of its own. */
  readonly within?: readonly string[];
}

/** A backend process that can be told to misbehave. Whoever starts it also kills it. */
export class BackendChild {
  readonly name: string;
  /** As lb.yaml spells them. */
  address = '';
  tcpAddress = '';
  /** Times it has gone or come back since it is in mode `flap`. */
  flaps = 0;
  readonly #child: ChildProcess;
  readonly #events = new EventEmitter();
  #mode: BackendMode = 'well';

  /** Resolves when it listens. */
  static async start(options: BackendChildOptions): Promise<BackendChild> {
    const backend = new BackendChild(options);
    await backend.#until(() => backend.address !== '', 'listens');
    return backend;
  }

  constructor({ name, address, tcpAddress = '127.0.0.1:0', within = [] }: BackendChildOptions) {
    this.name = name;
    const line = [...within, process.execPath, PROGRAM, name, address, tcpAddress];
    const [command = '', ...args] = line;
    this.#child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (report: BackendReport) => this.#take(report));
  }

  get pid(): number {
    return this.#child.pid ?? -1; // a failed spawn never listens
  }

  /** Resolves when requests meet the mode. */
  async setMode(mode: BackendMode): Promise<void> {
    this.flaps = 0;
    this.#child.send(mode);
    await this.#until(() => this.#mode === mode, mode);
  }

  untilFlaps(count: number): Promise<void> {
    return this.#until(() => this.flaps >= count, `${count} flaps`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has gone, be it well, stopped or dead already. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #take(report: BackendReport): void {
    if (report.kind === 'listening') {
      this.address = report.address;
      this.tcpAddress = report.tcpAddress;
    } else if (report.kind === 'mode') this.#mode = report.mode;
    else this.flaps++;
    this.#events.emit('change');
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    const story = () => `Not in time: backend ${this.name}: ${what}`;
    await waitFor(this.#events, 'change', () => (isSo() ? true : undefined), story);
  }
}

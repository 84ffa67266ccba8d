import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { LbConfig } from '../helpers/lb-config.ts';
import type { Line } from '../helpers/start-lb.ts';
import { waitFor } from '../helpers/wait-for.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

const MAX_REFUSALS = 5;

/** Access lines of one listener. */
export interface LineCount {
  lines: number;
  /** Those with a reason: lb answered, refused or cut, or the client left. */
  failed: number;
}

/** The lb that is soaked. Of its output it keeps counts, for there may be millions of lines. */
export class Subject {
  readonly counts = new Map<string, LineCount>();
  /** What it wrote to standard error, but for the inspector's greeting. */
  complaints = '';
  inspectorPort = 0;
  /** Access lines of the first plain GETs that it refused: what became of each attempt. */
  readonly refusals: Line[] = [];
  readonly #child: ChildProcess;
  readonly #configPath: string;
  readonly #addresses = new Map<string, string>();
  readonly #events = new EventEmitter();
  #lastMessage = '';
  #reloads = 0;

  /** Resolves when it is ready. */
  static async start(configPath: string, config: LbConfig): Promise<Subject> {
    writeFileSync(configPath, JSON.stringify(config));
    const subject = new Subject(configPath);
    await subject.#until(() => subject.#lastMessage === 'ready', 'ready');
    return subject;
  }

  constructor(configPath: string) {
    this.#configPath = configPath;
    const args = ['--inspect=127.0.0.1:0', MAIN, 'start', '-c', configPath];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface(child.stdout).on('line', (line) => this.#take(JSON.parse(line)));
    createInterface(child.stderr).on('line', (line) => this.#hear(line));
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid ?? -1; // a failed spawn is never ready
  }

  /** Changes of configuration that it has taken over. */
  get reloads(): number {
    return this.#reloads;
  }

  /** Of a listener, or `admin`; as HOST:PORT. */
  address(name: string): string {
    return this.#addresses.get(name) ?? ''; // all of them were told before it was ready
  }

  /** Gives it another configuration, and waits for its word on that. */
  async reload(config: LbConfig): Promise<void> {
    writeFileSync(this.#configPath, JSON.stringify(config));
    const before = this.#reloads;
    this.#child.kill('SIGHUP');
    await this.#until(() => this.#reloads > before, 'reloaded');
  }

  /** Ends it in order. @returns its exit code. */
  async stop(): Promise<number | null> {
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [code] = await gone;
    return code;
  }

  /** For when the soak itself fails. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #take(line: Line & { readonly problems?: unknown }): void {
    const { msg, listener = 'admin', address, reason } = line;
    if (msg === undefined) {
      this.#count(listener, reason !== '');
      const isRefusal = line.path === '/' && Number(line.status) >= 502;
      if (isRefusal && this.refusals.length < MAX_REFUSALS) this.refusals.push(line);
    } else {
      if (address !== undefined) this.#addresses.set(listener, address);
      if (msg.startsWith('reloaded')) this.#reloads++;
      if (line.level === 'error') this.complaints += `${JSON.stringify(line)}\n`;
      this.#lastMessage = msg;
    }
    this.#events.emit('change');
  }

  #count(listener: string, hasFailed: boolean): void {
    const count = this.counts.get(listener) ?? { lines: 0, failed: 0 };
    count.lines++;
    if (hasFailed) count.failed++;
    this.counts.set(listener, count);
  }

  #hear(line: string): void {
    const port = /^Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
    if (port !== undefined) this.inspectorPort = Number(port);
    else if (!/^(For help, see|Debugger (at|ending))/.test(line)) this.complaints += `${line}\n`;
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    const story = () => `Not in time: ${what}; last: ${this.#lastMessage}; ${this.complaints}`;
    await waitFor(this.#events, 'change', () => (isSo() ? true : undefined), story);
  }
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

export interface Exit {
  /** null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  /** What ends it after the test; a program with children needs one on which it takes them along. */
  readonly killSignal?: NodeJS.Signals;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Descriptors that it gets as 3, 4 and so on. */
  readonly descriptors?: readonly number[];
}

/** Starts a program with its output piped here; it is ended, and its exit awaited, after the test. */
export function startProcess(
  command: string,
  args: readonly string[],
  { killSignal = 'SIGKILL', descriptors = [], ...options }: ProcessOptions = {},
): TestProcess {
  const stdio = ['ignore', 'pipe', 'pipe', ...descriptors] as const;
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(command, args, {
    ...options,
    stdio: [...stdio] as unknown as ['ignore', 'pipe', 'pipe'], // more of them change no type
  });
  const started = new TestProcess(`${command} ${args.join(' ')}`, child);
  onTestFinished(async () => {
    child.kill(killSignal);
    await started.exited;
  });
  return started;
}

export class TestProcess {
  /** Emits `change` after every chunk of output and after the exit. */
  readonly events = new EventEmitter();
  /** Resolves once the process has gone and both streams have been read to their ends. */
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';
  exit: Exit | null = null;
  readonly #commandLine: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(commandLine: string, child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#commandLine = commandLine;
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.events.emit('change');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.events.emit('change');
    });
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
        this.events.emit('change');
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1; // a failed spawn rejects `exited`
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until either stream matches; throws with all output when the process goes first. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return this.waitFor(
      () => pattern.exec(this.stdout) ?? pattern.exec(this.stderr) ?? undefined,
      () => `${pattern}`,
    );
  }

  /** Waits until `check` gives something, asking after every change. */
  waitFor<T>(check: () => T | undefined, describe: () => string): Promise<T> {
    const story = () =>
      `${describe()}: ${this.#commandLine}\nstdout: ${this.stdout.slice(-4000)}\nstderr: ${this.stderr}`;
    const look = () => {
      const found = check();
      if (found === undefined && this.exit !== null) throw new Error(`Gone before ${story()}`);
      return found;
    };
    return waitFor(this.events, 'change', look, () => `Not in time: ${story()}`);
  }
}

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { LbConfig } from './lb-config.ts';
import { type Exit, startProcess, type TestProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** One line of lb's standard output: a life-cycle line has `msg`, an access line has not. */
export interface Line {
  readonly msg?: string;
  readonly level?: string;
  readonly time: string;
  readonly request_id?: string;
  readonly listener?: string;
  readonly address?: string;
  readonly client_ip?: string;
  readonly client_port?: number;
  readonly route?: string;
  readonly pool?: string;
  readonly backend?: string;
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly protocol?: string;
  readonly status?: number;
  readonly reason?: string;
  readonly detail?: string;
  readonly bytes_in?: number;
  readonly bytes_out?: number;
  readonly duration_ms?: number;
  readonly queue_ms?: number;
  readonly attempts?: number;
  readonly from?: string;
  readonly to?: string;
  readonly why?: string;
  readonly name?: string;
  readonly kept?: string;
  readonly reused?: boolean;
  readonly query?: string;
  readonly user_agent?: string;
  readonly connect_ms?: number;
  readonly ttfb_ms?: number;
  readonly attempts_detail?: readonly object[];
  readonly generation?: number;
  readonly output?: string;
  readonly dropped?: number;
  readonly ok?: boolean;
  readonly limit?: string;
  readonly max_connections?: number;
  readonly open_files?: number;
}

/**
 * Starts the real program on a configuration and waits until it is ready. When the test ends lb is killed, and the
 * test fails if lb had gone unasked or had written to standard error.
 */
export async function startLb(config: LbConfig): Promise<Lb> {
  const path = writeConfig(config);
  // Registered before the process is, so it runs after the kill: exit and output are complete by then.
  onTestFinished(() => lb.expectBlameless());
  const lb = new Lb(spawnLb(['start', '-c', path]));
  await lb.line({ msg: 'ready' });
  return lb;
}

/** Runs a command of lb to its end, for the commands and failures that are over quickly. */
export async function runLb(args: readonly string[]) {
  const lb = spawnLb(args);
  const { code } = await lb.exited;
  return { code, stdout: lb.stdout, stderr: lb.stderr };
}

/** Starts any command of lb. */
export function spawnLb(args: readonly string[]): TestProcess {
  const { NODE_COMPILE_CACHE } = process.env;
  return startProcess(process.execPath, [MAIN, ...args], {
    env: { NO_COLOR: '1', NODE_COMPILE_CACHE },
  });
}

/** Writes lb.yaml into a folder of its own. Admin listens on a free port unless the test says otherwise. */
export function writeConfig(config: LbConfig): string {
  const path = join(makeTempDir(), 'lb.yaml');
  const global = { admin: { bind: '127.0.0.1:0' }, ...config.global };
  writeFileSync(path, JSON.stringify({ ...config, global }, null, 2));
  return path;
}

/** A running `lb start`. */
export class Lb {
  /** Parsed standard output so far, oldest first. */
  readonly lines: Line[] = [];
  readonly #process: TestProcess;
  #parsed = 0;
  #asked = false;

  constructor(started: TestProcess) {
    this.#process = started;
    // The first listener, so `lines` is current when a waiting test looks at it.
    started.events.on('change', () => this.#parseLines());
  }

  get pid(): number {
    return this.#process.pid;
  }

  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  /** The real address of a listener, as `127.0.0.1:41234`, `[::1]:41234` or `unix:/path`. */
  address(listener: string): string {
    return this.#addressIn({ msg: 'listening', listener });
  }

  adminAddress(): string {
    return this.#addressIn({ msg: 'admin listening' });
  }

  /** The first line, past or to come, whose fields equal all of `wanted`. */
  async line(wanted: Partial<Line>): Promise<Line> {
    const [line] = await this.someLines(wanted, 1);
    return line!; // at least one was waited for
  }

  /** The same for at least `count` lines. */
  someLines(wanted: Partial<Line>, count: number): Promise<readonly Line[]> {
    return this.#process.waitFor(
      () => {
        const found = this.lines.filter((line) => matches(line, wanted));
        return found.length >= count ? found : undefined;
      },
      () => `${count} × ${JSON.stringify(wanted)}`,
    );
  }

  /** Sends a signal without waiting for what it does. */
  signal(signal: NodeJS.Signals): void {
    this.#asked = true;
    this.#process.kill(signal);
  }

  /** Sends a signal and gives the exit code; null when the signal itself ended lb. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(signal);
    return (await this.exited).code;
  }

  /** Fails unless lb kept quiet on standard error, and stayed until a test or its clean-up ended it. */
  expectBlameless(): void {
    const { stdout, stderr, exit } = this.#process;
    expect(stderr, 'standard error of lb').toBe('');
    if (!this.#asked) expect(exit?.signal, `lb left unasked: ${stdout}`).toBe('SIGKILL');
  }

  #addressIn(wanted: Partial<Line>): string {
    const address = this.lines.find((line) => matches(line, wanted))?.address;
    if (address === undefined) throw new Error(`No line says ${JSON.stringify(wanted)}`);
    return address;
  }

  /** A line that is no JSON fails the test at once: it is thrown to nobody. */
  #parseLines(): void {
    const { stdout } = this.#process;
    for (let end = stdout.indexOf('\n', this.#parsed); end !== -1; ) {
      this.lines.push(JSON.parse(stdout.slice(this.#parsed, end)));
      this.#parsed = end + 1;
      end = stdout.indexOf('\n', this.#parsed);
    }
  }
}

function matches(line: Line, wanted: Partial<Line>): boolean {
  return Object.entries(wanted).every(([key, value]) => line[key as keyof Line] === value); // keys of Partial<Line>
}

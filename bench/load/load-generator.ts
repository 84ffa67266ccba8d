import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { loadCpu } from './processes.ts';

/** What the clients do, all alike, on each connection one after the other. */
export interface Traffic {
  readonly connections: number;
  /** One connection for each exchange, or all of them on the same one. */
  readonly connectionEach: boolean;
  /** Sent first on each connection and answered by a 101; empty for none. */
  readonly opening: Buffer;
  /** Starts an exchange; empty when the other side sends unasked. */
  readonly request: Buffer;
  /** The right answer: behind an HTTP head with status 200 and its length, or as it is. */
  readonly answer: { readonly kind: 'http' | 'bytes'; readonly bytes: Buffer };
}

/** As programs/load.c prints it. */
export interface LoadResult {
  /** Exchanges that ended as they should. */
  readonly completed: number;
  /** Until the last answer; what was begun in time is waited for. */
  readonly durationMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly maxMicros: number;
  readonly failed: Readonly<Record<keyof typeof failureWords, number>>;
}

const failureWords = {
  connect: 'failed connects',
  closed: 'connections closed in an exchange',
  status: 'answers with another status',
  length: 'answers of another length',
  late: 'answers missing 5 s after the end',
} as const;

/** One sentence part for each kind of failure that occurred; empty when every exchange ended as it should. */
export function describeFailures(result: LoadResult): readonly string[] {
  const failures = Object.entries(failureWords)
    .map(([kind, words]) => ({ count: result.failed[kind as keyof typeof failureWords], words }))
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${count} ${words}`);
  return result.completed === 0 ? ['no answers', ...failures] : failures;
}

export interface LoadOptions {
  /** The compiled programs/load.c. */
  readonly program: string;
  /** For the messages, which are handed over as files. */
  readonly directory: string;
  readonly port: number;
  readonly seconds: number;
  /** Exchanges over all connections; 0: as fast as the answers come. */
  readonly perSecond: number;
}

/**
 * Hands a load generator with open connections to `use` and closes them when that settles. Rejects when a connection
 * cannot be opened.
 */
export async function withLoadGenerator<Result>(
  traffic: Traffic,
  options: LoadOptions,
  signal: AbortSignal,
  use: (generator: LoadGenerator) => Promise<Result>,
): Promise<Result> {
  const generator = await startGenerator(traffic, options, signal);
  try {
    return await use(generator);
  } finally {
    await generator.stop();
  }
}

async function startGenerator(
  traffic: Traffic,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<LoadGenerator> {
  const opening = join(options.directory, 'opening');
  const request = join(options.directory, 'request');
  await writeFile(opening, traffic.opening);
  await writeFile(request, traffic.request);
  const { kind, bytes } = traffic.answer;
  const child = spawn(
    'taskset',
    [
      ...['-c', String(loadCpu), options.program, String(options.port)],
      ...[String(traffic.connections), String(options.seconds), String(options.perSecond)],
      ...[traffic.connectionEach ? 'close' : 'keep', opening, request, `${kind}:${bytes.length}`],
    ],
    { signal, killSignal: 'SIGKILL', timeout: (options.seconds + 30) * 1000 },
  );
  // An abort, a failed start or an early end also ends its output, which is where it is noticed.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const generator = new LoadGenerator(child);
  await generator.opened();
  return generator;
}

/** A running programs/load.c. It is idle before `run` and after it. */
export class LoadGenerator {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stderr: Promise<string>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator](); // piped
    this.#stderr = text(child.stderr!); // piped
  }

  /** Resolves when all connections are open. */
  async opened(): Promise<void> {
    await this.#nextLine();
  }

  /** Loads the target for the seconds asked for. */
  async run(): Promise<LoadResult> {
    this.#child.stdin?.write('\n');
    return JSON.parse(await this.#nextLine());
  }

  /** Closes the connections. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }

  async #nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    throw new Error(`The load generator gave up: ${(await this.#stderr).trim() || 'no reason'}`);
  }
}

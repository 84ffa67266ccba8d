import { closeSync, openSync } from 'node:fs';
import type { GlobalConfig, LogOutput } from '../config/snapshot.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { LineDestination } from '../middleware/access-log.ts';
import { createLog, type Log, type LogDestination, openDestination } from './log.ts';

/** Which outputs there are, and how much goes there. */
export type OutputConfig = Pick<GlobalConfig, 'log' | 'accessLog'>;

/** Where a daemon's lines go; a reload may exchange both without anybody who writes noticing. */
export interface Outputs {
  readonly log: Log;
  readonly accessLog: LineDestination;
  /**
   * Makes sure of what another configuration asks for.
   *
   * @returns makes the change.
   * @throws LbError OUTPUT_FAILED: nothing has changed.
   */
  prepare(config: OutputConfig): () => void;
}

/** Forwards batches to whatever destination is the present one. */
class AccessOutput implements LineDestination {
  #destination: LogDestination;
  readonly #onDrop: (() => void)[] = [];

  constructor(destination: LogDestination) {
    this.#destination = destination;
  }

  switchTo(destination: LogDestination): void {
    if (destination === this.#destination) return;
    this.#destination = destination;
    for (const listener of this.#onDrop) destination.on('drop', listener);
  }

  write(lines: Buffer): void {
    this.#destination.write(lines);
  }

  on(event: 'drop', listener: () => void): void {
    this.#onDrop.push(listener);
    this.#destination.on(event, listener);
  }
}

/** The outputs of this process: its streams, and files. */
export class ProcessOutputs implements Outputs {
  readonly log: Log;
  readonly accessLog: LineDestination;
  readonly #access: AccessOutput;
  #config: OutputConfig;
  /** By what the configuration calls them; each is open once, whoever writes there. */
  #open: ReadonlyMap<LogOutput, LogDestination>;
  #log: Log;

  /** @throws LbError OUTPUT_FAILED */
  constructor(config: OutputConfig) {
    this.#config = config;
    tryFiles(config, new Map());
    this.#open = openAll(config, new Map());
    this.#log = this.#logFor(config);
    this.#access = new AccessOutput(this.#destinationOf(config.accessLog.output));
    this.accessLog = this.#access;
    this.log = {
      error: (facts, message) => this.#log.error(facts, message),
      warn: (facts, message) => this.#log.warn(facts, message),
      info: (facts, message) => this.#log.info(facts, message),
      debug: (facts, message) => this.#log.debug(facts, message),
    };
  }

  prepare(config: OutputConfig): () => void {
    if (JSON.stringify(config) === JSON.stringify(this.#config)) return () => undefined;
    tryFiles(config, this.#open);
    return () => {
      const before = this.#open;
      const open = openAll(config, before);
      this.#config = config;
      this.#open = open;
      this.#log = this.#logFor(config);
      this.#access.switchTo(this.#destinationOf(config.accessLog.output));
      for (const [output, destination] of before) {
        // A file is written to its end and closed; the streams of the process stay open.
        if (!open.has(output) && isFile(output)) destination.end();
      }
    };
  }

  /** Writes what waits; for the end of the process. */
  flush(): void {
    for (const destination of this.#open.values()) {
      try {
        destination.flushSync();
      } catch {
        // The reader of the pipe is gone, or the file was never opened: nobody is left to tell.
      }
    }
  }

  #logFor({ log }: OutputConfig): Log {
    return createLog(log.level, this.#destinationOf(log.output));
  }

  #destinationOf(output: LogOutput): LogDestination {
    const destination = this.#open.get(output);
    if (destination === undefined) throw new Error(`Cannot write to ${output}: it is not open`);
    return destination;
  }
}

type Open = ReadonlyMap<LogOutput, LogDestination>;

function outputsOf({ log, accessLog }: OutputConfig): ReadonlySet<LogOutput> {
  return new Set([log.output, accessLog.output]);
}

function openAll(config: OutputConfig, known: Open): Open {
  const outputs = [...outputsOf(config)];
  return new Map(outputs.map((output) => [output, known.get(output) ?? openDestination(output)]));
}

/** @throws LbError OUTPUT_FAILED for a file that is not open yet and cannot be opened. */
function tryFiles(config: OutputConfig, known: Open): void {
  for (const output of outputsOf(config)) {
    if (isFile(output) && !known.has(output)) tryFile(output);
  }
}

/** The destination opens its file later, and would tell nobody that it cannot. */
function tryFile(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // as node:fs throws
    const message = `Cannot write the log to ${path}: ${code}; needs a file in a folder that exists and that lb may write to`;
    // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
    throw new LbError('OUTPUT_FAILED', message, { cause });
  }
}

function isFile(output: LogOutput): boolean {
  return output !== 'stdout' && output !== 'stderr';
}

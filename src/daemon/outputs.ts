import type { GlobalConfig, LogOutput } from '../config/snapshot.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { LineDestination } from '../middleware/access-log.ts';
import { type Log, OperationalLog } from './log.ts';
import type { LogDestination, OutputWatcher } from './log-destination.ts';
import { isFile, openOutput } from './open-output.ts';

/** Which outputs there are, and how much goes there. */
export type OutputConfig = Pick<GlobalConfig, 'log' | 'accessLog'>;

/** Where a daemon's lines go; a reload may exchange both without anybody who writes noticing. */
export interface Outputs {
  readonly log: Log;
  readonly accessLog: LineDestination;
  /**
   * Opens what another configuration asks for and is not open yet.
   *
   * @throws LbError OUTPUT_FAILED: nothing has changed.
   */
  prepare(config: OutputConfig): StagedOutputs;
}

/** What another configuration writes to, all of it open. Exactly one of `commit` and `abort` follows. */
export interface StagedOutputs {
  commit(): void;
  abort(): void;
}

/** How long the end of the process waits for lines that somebody is slow to take. */
const SETTLE_MS = 2000;

/** Forwards batches to whatever destination is the present one. */
class AccessOutput implements LineDestination {
  destination: LineDestination;

  constructor(destination: LineDestination) {
    this.destination = destination;
  }

  write(lines: Buffer): boolean {
    return this.destination.write(lines);
  }
}

/** By what the configuration calls them; each is open once, whoever writes there. */
type Open = ReadonlyMap<LogOutput, LogDestination>;

/** The outputs of this process: its streams, and files. */
export class ProcessOutputs implements Outputs, OutputWatcher {
  readonly log: Log;
  readonly accessLog: LineDestination;
  readonly #log: OperationalLog;
  readonly #access: AccessOutput;
  #config: OutputConfig;
  #open: Open;

  /** @throws LbError OUTPUT_FAILED */
  constructor(config: OutputConfig) {
    this.#config = config;
    this.#open = openAll(config, new Map(), this);
    this.#log = new OperationalLog(config.log.level, this.#destinationOf(config.log.output));
    this.#access = new AccessOutput(this.#destinationOf(config.accessLog.output));
    this.log = this.#log;
    this.accessLog = this.#access;
  }

  prepare(config: OutputConfig): StagedOutputs {
    const open = openAll(config, this.#open, this);
    return {
      commit: () => {
        // A level that was set since holds until the configuration asks for another.
        if (config.log.level !== this.#config.log.level) this.#log.level = config.log.level;
        this.#become(config, open);
      },
      abort: () => endAllBut(this.#open, open),
    };
  }

  /**
   * Opens every file anew by its name, for whoever has moved it away. What was written before is written to the end of
   * the file that was open until now. One that cannot be opened goes on as it is.
   */
  reopen(): void {
    const open = new Map(this.#open);
    const reopened: LogOutput[] = [];
    for (const output of [...open.keys()].filter(isFile)) {
      try {
        open.set(output, openOutput(output, this));
        reopened.push(output);
      } catch (error) {
        if (!(error instanceof LbError)) throw error;
        this.log.error(
          { output, why: error.message },
          'log file not reopened: lb writes on to the one that is open',
        );
      }
    }
    this.#become(this.#config, open);
    this.log.info({ outputs: reopened }, 'log files reopened');
  }

  /** Writes what waits, as far as somebody takes it. For the end of the process. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((each) => each.settle(SETTLE_MS)));
  }

  onTrouble(output: string, why: string): void {
    this.log.error(
      { output, why },
      'log output fails: lines wait, and are dropped once too many do',
    );
  }

  onRecovered(output: string, dropped: number): void {
    this.log.info({ output, dropped }, 'log output works again');
  }

  onGivenUp(output: string, lost: number): void {
    this.log.error({ output, lost }, 'log file closed before all of its lines could be written');
  }

  #become(config: OutputConfig, open: Open): void {
    const before = this.#open;
    this.#config = config;
    this.#open = open;
    this.#log.destination = this.#destinationOf(config.log.output);
    this.#access.destination = this.#destinationOf(config.accessLog.output);
    endAllBut(open, before);
  }

  #destinationOf(output: LogOutput): LogDestination {
    const destination = this.#open.get(output);
    if (destination === undefined) throw new Error(`Cannot write to ${output}: it is not open`);
    return destination;
  }
}

/** @throws LbError OUTPUT_FAILED for a file that is not open yet and cannot be opened; then none is. */
function openAll({ log, accessLog }: OutputConfig, known: Open, watcher: OutputWatcher): Open {
  // The streams of the process stay: two who write to one would break each other's lines.
  const open = new Map([...known].filter(([output]) => !isFile(output)));
  try {
    for (const output of [log.output, accessLog.output]) {
      if (open.has(output)) continue;
      open.set(output, known.get(output) ?? openOutput(output, watcher));
    }
  } catch (error) {
    endAllBut(known, open);
    throw error;
  }
  return open;
}

function endAllBut(kept: Open, open: Open): void {
  for (const [output, destination] of open) {
    if (kept.get(output) !== destination) destination.end();
  }
}

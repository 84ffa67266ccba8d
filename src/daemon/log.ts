import { type LogLevel, logLevels } from '../foundation/log-level.ts';
import type { LineDestination } from '../middleware/access-log.ts';

/** Life-cycle lines: one JSON object each, with a message and its facts as fields. */
export interface Log {
  /** Lines of this level and of those that matter more are written. May be set at any time. */
  level: LogLevel;
  /** Whether lines of this level are written: asked before facts that cost something are gathered. */
  writes(level: LogLevel): boolean;
  error(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  info(facts: object, message: string): void;
  debug(facts: object, message: string): void;
  trace(facts: object, message: string): void;
}

/** Writes to a destination that may be exchanged at any time. */
export class OperationalLog implements Log {
  destination: LineDestination;
  #level: LogLevel;
  /** The place of the level among all. */
  #depth: number;

  constructor(level: LogLevel, destination: LineDestination) {
    this.#level = level;
    this.#depth = logLevels.indexOf(level);
    this.destination = destination;
  }

  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    this.#level = level;
    this.#depth = logLevels.indexOf(level);
  }

  writes(level: LogLevel): boolean {
    return logLevels.indexOf(level) <= this.#depth;
  }

  error(facts: object, message: string): void {
    this.#write('error', facts, message);
  }

  warn(facts: object, message: string): void {
    this.#write('warn', facts, message);
  }

  info(facts: object, message: string): void {
    this.#write('info', facts, message);
  }

  debug(facts: object, message: string): void {
    this.#write('debug', facts, message);
  }

  trace(facts: object, message: string): void {
    this.#write('trace', facts, message);
  }

  #write(level: LogLevel, facts: object, msg: string): void {
    if (!this.writes(level)) return;
    const line = { level, time: new Date().toISOString(), ...facts, msg };
    this.destination.write(Buffer.from(`${JSON.stringify(line, readable)}\n`));
  }
}

/** For JSON.stringify, to which an error is a map without keys. */
function readable(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { type: name, ...value, message, stack, cause };
}

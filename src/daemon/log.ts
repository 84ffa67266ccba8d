import sonicBoom from 'sonic-boom';
import type { LogLevel, LogOutput } from '../config/snapshot.ts';

/** Life-cycle lines: one JSON object each, with a message and its facts as fields. */
export interface Log {
  error(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  info(facts: object, message: string): void;
  debug(facts: object, message: string): void;
}

/** Where lines go; written in batches, never waiting for a slow disk or pipe. */
export interface LogDestination {
  /** Keeps the bytes until they are written. */
  write(lines: Buffer): unknown;
  flushSync(): void;
  /** Writes what waits, then closes. */
  end(): void;
  /** Told from within the `write` whose lines are refused because too much is waiting. */
  on(event: 'drop', listener: () => void): unknown;
}

/** What may wait for a disk or pipe that is behind; beyond it lines are dropped. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/**
 * What one write takes of it. The next write begins a turn of the event loop later, which under full load is tens of
 * milliseconds: with sonic-boom's own 16 KiB the log would fall behind the traffic and lose lines.
 */
const MAX_WRITE_BYTES = 1024 * 1024;

export function openDestination(output: LogOutput): LogDestination {
  const dest = output === 'stdout' ? 1 : output === 'stderr' ? 2 : output;
  const destination = new sonicBoom.SonicBoom({
    dest,
    sync: false,
    append: true,
    maxLength: MAX_PENDING_BYTES,
    maxWrite: MAX_WRITE_BYTES,
    contentMode: 'buffer',
  });
  // A full disk or a closed pipe loses lines, which are counted as dropped; it must not stop traffic.
  destination.on('error', () => undefined);
  return destination as unknown as LogDestination; // its types know its text mode only
}

/** From the one that matters most; `trace` has no lines yet. */
const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

/** @param level lines of this one and of those that matter more are written. */
export function createLog(level: LogLevel, destination: Pick<LogDestination, 'write'>): Log {
  const writerOf = (own: LogLevel) => (facts: object, msg: string) => {
    if (LEVELS.indexOf(own) > LEVELS.indexOf(level)) return;
    const line = { level: own, time: new Date().toISOString(), ...facts, msg };
    destination.write(Buffer.from(`${JSON.stringify(line, readable)}\n`));
  };
  return {
    error: writerOf('error'),
    warn: writerOf('warn'),
    info: writerOf('info'),
    debug: writerOf('debug'),
  };
}

/** For JSON.stringify, to which an error is a map without keys. */
function readable(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { type: name, ...value, message, stack, cause };
}

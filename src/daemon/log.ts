import { type DestinationStream, pino } from 'pino';
import type { LogLevel, LogOutput } from '../config/snapshot.ts';

/** Life-cycle lines: one JSON object each, with a message and its facts as fields. */
export interface Log {
  error(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  info(facts: object, message: string): void;
  debug(facts: object, message: string): void;
}

/** Where lines go; written in batches, never waiting for a slow disk or pipe. */
export interface LogDestination extends DestinationStream {
  flushSync(): void;
  /** Told from within the `write` whose text is refused because too much is waiting. */
  on(event: 'drop', listener: () => void): unknown;
}

/** What may wait for a disk or pipe that is behind; beyond it lines are dropped. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/**
 * What one write takes of it. The next write begins a turn of the event loop later, which under full load is tens of
 * milliseconds: with sonic-boom's own 16 KiB the log would fall behind the traffic and lose lines.
 */
const MAX_WRITE_BYTES = 1024 * 1024;

/** @throws when a file cannot be opened. */
export function openDestination(output: LogOutput): LogDestination {
  const dest = output === 'stdout' ? 1 : output === 'stderr' ? 2 : output;
  const destination = pino.destination({
    dest,
    sync: false,
    append: true,
    maxLength: MAX_PENDING_BYTES,
    maxWrite: MAX_WRITE_BYTES,
  });
  // A full disk or a closed pipe loses lines, which are counted as dropped; it must not stop traffic.
  destination.on('error', () => undefined);
  return destination;
}

export function createLog(level: LogLevel, destination: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

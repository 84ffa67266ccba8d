import { constants, fstatSync, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { LogOutput } from '../config/snapshot.ts';
import { LbError } from '../foundation/lb-error.ts';
import { LogDestination, type OutputWatcher } from './log-destination.ts';

const STDOUT = 1;
const STDERR = 2;

/** Whether it is a file of its own, rather than a stream of the process. */
export function isFile(output: LogOutput): boolean {
  return output !== 'stdout' && output !== 'stderr';
}

/** @throws LbError OUTPUT_FAILED for a file that cannot be opened. */
export function openOutput(output: LogOutput, watcher: OutputWatcher): LogDestination {
  if (!isFile(output)) {
    const descriptor = output === 'stdout' ? STDOUT : STDERR;
    const isNonBlocking = makeNonBlocking(descriptor);
    return new LogDestination({ output, descriptor, isOwn: false, isNonBlocking, watcher });
  }
  try {
    const isNonBlocking = statSync(output, { throwIfNoEntry: false })?.isFIFO() ?? false;
    const descriptor = isNonBlocking ? openFifo(output) : openSync(output, 'a');
    return new LogDestination({ output, descriptor, isOwn: true, isNonBlocking, watcher });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // as node:fs throws
    const message = `Cannot write the log to ${output}: ${code}; needs a file in a folder that exists and that lb may write to`;
    // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
    throw new LbError('OUTPUT_FAILED', message, { cause });
  }
}

/**
 * Opened for writing only, a named pipe would hold lb up until somebody reads it, and break with every reader that goes.
 * Open for both, it keeps what it holds for the next reader.
 */
function openFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}

/**
 * Node has no call for it, but a socket of node:net makes its descriptor so. Those who have the same open file, such as the
 * shell that started lb, get it back as it was when the process ends.
 *
 * @returns false for what is neither pipe nor socket.
 */
function makeNonBlocking(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  if (!stat.isFIFO() && !stat.isSocket()) return false;
  new Socket({ fd: descriptor, readable: false, writable: true }).unref();
  return true;
}

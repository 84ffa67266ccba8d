import { close, type NoParamCallback, writeSync, writev } from 'node:fs';
import type { LineDestination } from '../middleware/access-log.ts';

/** What may wait for a disk or pipe that is behind; beyond it lines are dropped. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/**
 * What one write takes of it. The next write begins a turn of the event loop later, which under full load is tens of
 * milliseconds: with little at a time the log would fall behind the traffic and lose lines.
 */
const MAX_WRITE_BYTES = 1024 * 1024;
/** POSIX lets a system refuse more at once (IOV_MAX). */
const MAX_WRITE_PARTS = 1024;

/** When a pipe is asked again that would not take more: soon where its reader is at work, for it holds 64 KiB only. */
const BUSY_PIPE_MS = 1;
const STUCK_PIPE_MS = 20;
/** When anything else is tried again that failed: a full disk, a reader that is gone. */
const RETRY_MS = 1000;
/** How long a file that is to be closed may go on failing before what waits for it is given up. */
const GIVE_UP_AFTER_MS = 10_000;

/** Hears when lines of an output begin to be in danger, and when that is over. */
export interface OutputWatcher {
  /** @param why an error code, or that the reader is too slow. */
  onTrouble(output: string, why: string): void;
  /** All that waited is written. @param dropped lines that were lost since `onTrouble`. */
  onRecovered(output: string, dropped: number): void;
  /** A file was closed before all its lines could be written. */
  onGivenUp(output: string, lost: number): void;
}

export interface DestinationOptions {
  /** As the configuration calls it. */
  readonly output: string;
  readonly descriptor: number;
  /** Closed at the end; not so the streams of the process. */
  readonly isOwn: boolean;
  /** A write fails with EAGAIN rather than wait. */
  readonly isNonBlocking: boolean;
  readonly watcher: OutputWatcher;
}

/**
 * One open file, pipe or socket that lines are written to, in order, each once and whole, without anybody waiting for
 * it: what it does not take yet is kept, within a bound, and what is beyond that is dropped.
 *
 * Files are written by Node's threads, because a disk may take its time. Pipes and sockets are never waited for: a thread
 * that is stuck in a pipe which nobody reads could neither be used for anything else nor ended with the process.
 */
export class LogDestination implements LineDestination {
  readonly output: string;
  readonly #descriptor: number;
  readonly #isOwn: boolean;
  readonly #watcher: OutputWatcher;
  readonly #isNonBlocking: boolean;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** A write is under way, or the next one is arranged already. */
  #busy = false;
  #retry: NodeJS.Timeout | null = null;
  #inTrouble = false;
  /** Lines lost while in trouble. */
  #dropped = 0;
  /** When to give up what waits, as of `performance.now`; null until `end`. */
  #endByMs: number | null = null;
  #onEmpty: (() => void) | null = null;

  constructor({ output, descriptor, isOwn, isNonBlocking, watcher }: DestinationOptions) {
    this.output = output;
    this.#descriptor = descriptor;
    this.#isOwn = isOwn;
    this.#watcher = watcher;
    this.#isNonBlocking = isNonBlocking;
  }

  write(lines: Buffer): boolean {
    if (this.#waitingBytes + lines.length > MAX_PENDING_BYTES) {
      this.#dropped += lineCount(lines);
      this.#trouble('it does not take what is written');
      return false;
    }
    this.#waiting.push(lines);
    this.#waitingBytes += lines.length;
    if (!this.#busy) this.#advance();
    return true;
  }

  /** Writes what waits, then closes; without success for ten seconds, it closes all the same. */
  end(): void {
    this.#endByMs = performance.now() + GIVE_UP_AFTER_MS;
    if (this.#waiting.length === 0 && !this.#busy) this.#close();
  }

  /** Resolves when nothing waits any more, or else after `timeoutMs`. For the end of the process. */
  settle(timeoutMs: number): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, timeoutMs);
      this.#onEmpty = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }

  #advance(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    if (this.#isNonBlocking) this.#writeNow();
    else this.#writeInThread();
  }

  /** So much per turn of the event loop that traffic does not notice. */
  #writeNow(): void {
    let written = 0;
    try {
      while (written < MAX_WRITE_BYTES) {
        const [first] = this.#waiting;
        if (first === undefined) {
          this.#empty();
          return;
        }
        const count = writeSync(this.#descriptor, first);
        this.#release(count);
        written += count;
      }
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException, written > 0); // as node:fs throws
      return;
    }
    this.#busy = true;
    setImmediate(() => {
      this.#busy = false;
      this.#advance();
    });
  }

  #writeInThread(): void {
    let bytes = 0;
    const tooMuch = this.#waiting.findIndex((lines, at) => {
      bytes += lines.length;
      return at > 0 && (bytes > MAX_WRITE_BYTES || at === MAX_WRITE_PARTS);
    });
    this.#busy = true;
    const parts = tooMuch === -1 ? this.#waiting : this.#waiting.slice(0, tooMuch);
    writev(this.#descriptor, parts, this.#onWritten);
  }

  readonly #onWritten = (error: NodeJS.ErrnoException | null, count: number): void => {
    this.#busy = false;
    if (error !== null) {
      this.#failed(error, false);
      return;
    }
    this.#release(count);
    if (this.#waiting.length > 0) this.#advance();
    else this.#empty();
  };

  /** Forgets what has been written, the beginning of a line included: its rest comes next. */
  #release(count: number): void {
    this.#waitingBytes -= count;
    let done = 0;
    let left = count;
    for (const lines of this.#waiting) {
      if (lines.length > left) break;
      left -= lines.length;
      done++;
    }
    this.#waiting = this.#waiting.slice(done);
    const [first] = this.#waiting;
    if (first !== undefined && left > 0) this.#waiting[0] = first.subarray(left);
  }

  #failed({ code = 'unknown error' }: NodeJS.ErrnoException, isMoving: boolean): void {
    const isFull = code === 'EAGAIN';
    if (!isFull) this.#trouble(code);
    if (this.#endByMs !== null && performance.now() > this.#endByMs) {
      this.#giveUp();
      return;
    }
    const soonMs = isMoving ? BUSY_PIPE_MS : STUCK_PIPE_MS;
    this.#retry = setTimeout(() => this.#advance(), isFull ? soonMs : RETRY_MS).unref();
  }

  #trouble(why: string): void {
    if (this.#inTrouble) return;
    this.#inTrouble = true;
    this.#watcher.onTrouble(this.output, why);
  }

  #empty(): void {
    if (this.#inTrouble) {
      const dropped = this.#dropped;
      this.#inTrouble = false;
      this.#dropped = 0;
      this.#watcher.onRecovered(this.output, dropped);
    }
    // The watcher may have had something to write.
    if (this.#waiting.length > 0 || this.#busy) return;
    this.#onEmpty?.();
    if (this.#endByMs !== null) this.#close();
  }

  #giveUp(): void {
    const lost = this.#waiting.reduce((sum, lines) => sum + lineCount(lines), this.#dropped);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#close();
    this.#watcher.onGivenUp(this.output, lost);
  }

  #close(): void {
    if (this.#isOwn) close(this.#descriptor, ignore);
  }
}

/** Nothing is lost by a close that fails: all is written, or given up. */
const ignore: NoParamCallback = () => undefined;

function lineCount(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(0x0a); at !== -1; at = lines.indexOf(0x0a, at + 1)) count++;
  return count;
}

import { readFileSync } from 'node:fs';
import type { Snapshot } from '../config/snapshot.ts';
import type { Log } from './log.ts';

/** For what there is once: streams, event loop, log and state files, probes, connections to the admin address. */
const FILES_OF_ITS_OWN = 100;

/**
 * How many files this process may have open. Node has raised its soft limit to the hard one before lb begins.
 *
 * @returns Infinity where there is no limit, or the system does not say (anything but Linux).
 */
export function openFilesLimit(): number {
  try {
    return softLimitIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return Infinity;
  }
}

/** @param limits text of /proc/PID/limits. */
export function softLimitIn(limits: string): number {
  const digits = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return digits === undefined ? Infinity : Number(digits);
}

/** Each client connection may be joined to one of a backend. Says so where that may be more than the process can have. */
export function warnAboutOpenFiles(
  { global, listeners }: Snapshot,
  openFiles: number,
  log: Log,
): void {
  const { maxConnections } = global.limits;
  const needed = 2 * maxConnections + listeners.length + FILES_OF_ITS_OWN;
  if (needed <= openFiles) return;
  log.warn(
    { max_connections: maxConnections, needed, open_files: openFiles },
    'limits.max_connections needs more open files than the system allows: raise that limit (LimitNOFILE=, ulimit -n) to what is needed, or lower max_connections',
  );
}

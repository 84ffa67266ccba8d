import type { CustomAlgorithms } from '../balancing/configured.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { Daemon } from './daemon.ts';
import { createLog, type LogDestination, openDestination } from './log.ts';
import { listenForSignals } from './signals.ts';

export interface RunOptions {
  readonly version: string;
  /** Of the modules that the snapshot names. */
  readonly customAlgorithms: CustomAlgorithms;
  /** Told when everything listens. */
  readonly onReady?: (daemon: Daemon) => void;
}

/**
 * Runs a snapshot until a signal ends it.
 *
 * @returns exit code: 0 when nothing was cut, 1 when something was or lb itself failed.
 * @throws LbError LISTEN_FAILED
 */
export async function runSnapshot(snapshot: Snapshot, options: RunOptions): Promise<number> {
  const { version, customAlgorithms } = options;
  const { log: logConfig, accessLog } = snapshot.global;
  const destination = openDestination(logConfig.output);
  const accessDestination =
    accessLog.output === logConfig.output ? destination : openDestination(accessLog.output);
  const log = createLog(logConfig.level, destination);
  const signals = listenForSignals();
  let faulty = false;
  // No byte from a peer may lead here. Exchanges under way get their chance to end; whoever runs lb starts it again.
  const onFault = (error: unknown): void => {
    log.error({ err: error }, 'internal error: please report it with this line');
    faulty = true;
    process.kill(process.pid, 'SIGTERM');
  };
  process.on('uncaughtException', onFault);
  try {
    const daemon = await Daemon.start(snapshot, {
      version,
      log,
      accessLog: accessDestination,
      customAlgorithms,
    });
    log.info({ version, node: process.version, pid: process.pid }, 'ready');
    options.onReady?.(daemon);
    const signal = await signals.stop;
    log.info({ signal }, 'stopping');
    const cut = await daemon.stop(signals.hurry);
    if (cut > 0) log.warn({ cut }, 'connections cut');
    log.info({ cut }, 'stopped');
    return cut === 0 && !faulty ? 0 : 1;
  } finally {
    signals.dispose();
    process.off('uncaughtException', onFault);
    flush(destination);
    if (accessDestination !== destination) flush(accessDestination);
  }
}

function flush(destination: LogDestination): void {
  try {
    destination.flushSync();
  } catch {
    // The reader of the pipe is gone, or the file was never opened: nobody is left to tell.
  }
}

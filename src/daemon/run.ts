import type { LoadResult } from '../config/load.ts';
import type { SourceFile } from '../config/sources.ts';
import { ConfigWatch } from './config-watch.ts';
import { Daemon } from './daemon.ts';
import { openFilesLimit } from './open-files.ts';
import { ProcessOutputs } from './outputs.ts';
import { Reloads } from './reload.ts';
import { listenForSignals, type Signals } from './signals.ts';
import type { Loaded } from './work.ts';

export interface RunOptions {
  readonly version: string;
  /** That lb was built from; null where it runs from its sources. */
  readonly commit: string | null;
  /** Reads and checks the configuration anew, for a reload; null where it comes from no file. */
  readonly load: (() => Promise<LoadResult>) | null;
  /** What `load` has read the last time: reloads when one of these changes. null: only when asked. */
  readonly watched?: (() => ReadonlyMap<string, SourceFile>) | null;
  /** Where `control: auto` looks for a place. */
  readonly controlPaths: readonly string[];
  /** Reads another file, to be compared with what is at work. */
  readonly loadOther?: (path: string) => Promise<LoadResult>;
  /** Descriptors of sockets that were bound for lb before it was started. */
  readonly inherited?: readonly number[];
  /** Told when everything listens. */
  readonly onReady?: (daemon: Daemon) => void;
}

/**
 * Runs a configuration, and those that reloads put in its place, until a signal ends it.
 *
 * @returns exit code: 0 when nothing was cut, 1 when something was or lb itself failed.
 * @throws LbError LISTEN_FAILED, OUTPUT_FAILED
 */
export async function runDaemon(loaded: Loaded, options: RunOptions): Promise<number> {
  const { version, controlPaths, loadOther, inherited = [] } = options;
  const outputs = new ProcessOutputs(loaded.snapshot.global);
  const { log } = outputs;
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
    const openFiles = openFilesLimit();
    const daemon = await Daemon.start(loaded, {
      version,
      openFiles,
      outputs,
      controlPaths,
      inherited,
      ...(loadOther === undefined ? {} : { load: loadOther }),
    });
    log.info(startFacts(daemon, options, openFiles), 'ready');
    options.onReady?.(daemon);
    const watch = obeyReloads(signals, daemon, options, outputs);
    signals.onReopen = () => {
      daemon.flushAccessLog();
      outputs.reopen();
    };
    const signal = await signals.stop;
    watch?.stop();
    log.info({ signal }, 'stopping');
    const cut = await daemon.stop(signals.hurry);
    if (cut > 0) log.warn({ cut }, 'connections cut');
    log.info({ cut }, 'stopped');
    return cut === 0 && !faulty ? 0 : 1;
  } finally {
    signals.dispose();
    process.off('uncaughtException', onFault);
    await outputs.close();
  }
}

/** What people ask first about a process. */
function startFacts(daemon: Daemon, { version, commit }: RunOptions, openFiles: number): object {
  const { global, listeners, pools } = daemon.snapshot;
  return {
    version,
    ...(commit === null ? {} : { commit }),
    node: process.version,
    pid: process.pid,
    generation: daemon.reloads.generation,
    listeners: listeners.length,
    pools: pools.length,
    backends: pools.reduce((sum, { backends }) => sum + backends.length, 0),
    max_connections: global.limits.maxConnections,
    ...(openFiles === Infinity ? {} : { open_files: openFiles }),
  };
}

/** @returns what watches the files of the configuration; null where nothing does. */
function obeyReloads(
  signals: Signals,
  daemon: Daemon,
  { load, watched = null }: RunOptions,
  { log }: ProcessOutputs,
): ConfigWatch | null {
  if (load === null) {
    signals.onReload = () => log.warn({}, 'nothing to reload: the configuration is no file');
    return null;
  }
  const reloads = new Reloads(daemon, load, log);
  daemon.reloader = () => reloads.reload();
  signals.onReload = () => {
    void reloads.reload();
  };
  if (watched === null) return null;
  const watch = new ConfigWatch({ sources: watched, reload: () => reloads.reload(), log });
  watch.start();
  return watch;
}

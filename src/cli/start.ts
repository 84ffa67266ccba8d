import { statSync } from 'node:fs';
import { controlPaths } from '../api/control-path.ts';
import { loadConfig } from '../config/load.ts';
import { type SourceFile, Sources } from '../config/sources.ts';
import { inheritedDescriptors } from '../daemon/inherited.ts';
import { runDaemon } from '../daemon/run.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { Io } from './io.ts';
import { printProblems } from './print-problems.ts';
import { readCommit, readVersion } from './version.ts';

const NO_FILES: ReadonlyMap<string, SourceFile> = new Map();

export interface StartOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Reload whenever it changes. */
  readonly watch: boolean;
}

/**
 * `lb start`: runs until a signal ends it.
 *
 * @returns exit code 0, 1 when something failed or was cut, 2 for a bad file.
 * @throws LbError USAGE for a configuration that cannot be watched, LISTEN_FAILED
 */
export async function runStart({ config, watch }: StartOptions, io: Io): Promise<number> {
  if (watch) expectFile(config);
  let sources: Sources | null = null;
  const load = () => {
    // What nobody watches is not digested: that would load node:crypto, 5 MB.
    const read = watch ? new Sources() : null;
    return loadConfig(config, io.env, read).finally(() => {
      sources = read;
    });
  };
  const result = await load();
  if (!result.ok) return printProblems(config, result.problems, io);
  return runDaemon(result, {
    version: readVersion(),
    commit: readCommit(),
    inherited: inheritedDescriptors(io.env, process.pid),
    load,
    watched: watch ? () => sources?.files ?? NO_FILES : null,
    controlPaths: controlPaths(io.env),
    loadOther: (path) => loadConfig(path, io.env),
  });
}

/** Of a pipe there is nothing to read a second time. */
function expectFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false) return;
  const message = `Cannot watch ${path}: it is no regular file; start without --watch, or put the configuration into a file`;
  throw new LbError('USAGE', message);
}

import { loadConfig } from '../config/load.ts';
import { runDaemon } from '../daemon/run.ts';
import type { Io } from './io.ts';
import { printProblems } from './print-problems.ts';
import { readVersion } from './version.ts';

/** `lb start`: runs until a signal ends it. @returns exit code 0, 1 when something failed or was cut, 2 for a bad file. */
export async function runStart(config: string, io: Io): Promise<number> {
  const result = await loadConfig(config, io.env);
  if (!result.ok) return printProblems(config, result.problems, io);
  return runDaemon(result, {
    version: readVersion(),
    load: () => loadConfig(config, io.env),
  });
}

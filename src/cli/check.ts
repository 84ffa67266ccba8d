import { renderEffective } from '../config/effective.ts';
import { loadConfig } from '../config/load.ts';
import type { Snapshot } from '../config/snapshot.ts';
import type { Io } from './io.ts';
import { count, printProblems } from './print-problems.ts';

export interface CheckOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Print the effective configuration instead of the summary. */
  readonly print: boolean;
}

/** `lb check`: says whether lb would start with this file. @returns exit code 0, or 2 when it would not. */
export async function runCheck({ config, print }: CheckOptions, io: Io): Promise<number> {
  const result = await loadConfig(config, io.env);
  if (result.ok) {
    io.stdout(
      print ? renderEffective(result.snapshot, 'hidden') : summarize(config, result.snapshot),
    );
    return 0;
  }
  return printProblems(config, result.problems, io);
}

function summarize(config: string, { listeners, pools, tests }: Snapshot): string {
  const routes = listeners.flatMap((listener) =>
    listener.protocol === 'http' ? listener.routes : [],
  );
  const backends = pools.flatMap((pool) => pool.backends);
  const counts = [
    count(listeners.length, 'listener'),
    count(routes.length, 'route'),
    count(pools.length, 'pool'),
    count(backends.length, 'backend'),
    ...(tests.length === 0 ? [] : [`${count(tests.length, 'test')} passed`]),
  ];
  return `${config}: ok, ${counts.join(', ')}\n`;
}

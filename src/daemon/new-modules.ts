import type { CustomAlgorithms } from '../balancing/configured.ts';
import type { Snapshot } from '../config/snapshot.ts';

/** A configuration with the modules that it was read with. */
interface WithModules {
  readonly snapshot: Snapshot;
  readonly customAlgorithms: CustomAlgorithms;
}

/** Which of the modules that `to` names hold something else than they held for `from`: by their names in the snapshot. */
export function newModules(from: WithModules, to: WithModules): ReadonlySet<string> {
  const algorithms = changedIn(from.customAlgorithms, to.customAlgorithms);
  const checks = changedIn(checkModulesOf(from.snapshot), checkModulesOf(to.snapshot));
  return new Set([...algorithms, ...checks]);
}

function changedIn(from: ReadonlyMap<string, unknown>, to: ReadonlyMap<string, unknown>) {
  return [...to.keys()].filter((name) => to.get(name) !== from.get(name));
}

/** The modules of its health checks, each with a digest of what it held. */
function checkModulesOf({ pools }: Snapshot): ReadonlyMap<string, string> {
  return new Map(
    pools.flatMap(({ healthCheck }) =>
      healthCheck?.type === 'module'
        ? [[healthCheck.options.module, healthCheck.options.content] as const]
        : [],
    ),
  );
}

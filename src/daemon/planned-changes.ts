import type { PlannedChange } from '../api/changes.ts';
import type { Pool } from '../pool/pool.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Change, Plan } from './plan.ts';

/** What a plan may touch. */
export interface Touched {
  readonly pools: readonly Pool[];
  readonly listeners: readonly RunningListener[];
}

/** A plan with what each of its changes touches at this moment. */
export function plannedChanges(plan: Plan, touched: Touched): readonly PlannedChange[] {
  return plan.map((change) => ({
    ...change,
    connections: connectionsOf(change, touched.listeners),
    in_flight: inFlightOf(change, touched.pools),
  }));
}

function connectionsOf({ kind, name }: Change, listeners: readonly RunningListener[]): number {
  if (kind !== 'listener' && kind !== 'route') return 0;
  return listeners
    .filter((listener) => isPartOf(name, listener.name, kind === 'route'))
    .reduce((sum, { connections }) => sum + connections, 0);
}

function inFlightOf({ kind, name }: Change, pools: readonly Pool[]): number {
  if (kind !== 'pool' && kind !== 'backend') return 0;
  return pools
    .flatMap(({ backends }) => backends)
    .filter(({ pool, name: own }) => name === (kind === 'pool' ? pool : `${pool}/${own}`))
    .reduce((sum, { active }) => sum + active, 0);
}

/** @param isPart `name` has another one behind a slash. Names of listeners may hold slashes themselves. */
function isPartOf(name: string, owner: string, isPart: boolean): boolean {
  return isPart ? name.startsWith(`${owner}/`) : name === owner;
}

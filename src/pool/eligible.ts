import type { Backend } from '../backend/backend.ts';

/** What a pool does when neither a primary nor a backup may take traffic. */
export type WhenAllDown = 'fail_fast' | 'try_all' | 'backup';

/**
 * Who may be given new traffic: the primaries that are well and wanted, else the backups, else what `whenAllDown` says.
 * Orders of people, a weight of 0 and the lack of an address hold in every case.
 *
 * @returns in configuration order.
 */
export function eligibleOf(
  backends: readonly Backend[],
  whenAllDown: WhenAllDown,
): readonly Backend[] {
  const wanted = backends.filter((backend) => backend.wanted && backend.resolved);
  const well = wanted.filter(({ healthy, ejected }) => healthy && !ejected);
  const primaries = well.filter(({ backup }) => !backup);
  if (primaries.length > 0) return primaries;
  if (well.length > 0 || whenAllDown === 'fail_fast') return well;
  return whenAllDown === 'try_all' ? wanted : wanted.filter(({ backup }) => backup);
}

/** The eligible backends of a pool and how many of them have room: what the pool writes and its balancers read. */
export class EligibleSet {
  backends: readonly Backend[] = [];
  /** One of the pool's backends has a `maxConnections`. */
  limited = false;
  /** Eligible backends with room. */
  roomy = 0;
  /** Room that has just been made belongs to those who wait; nobody may take it before them. */
  promised = false;
}

import type { Drift } from '../api/status.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { formatAddress } from '../foundation/address.ts';
import { unreachable } from '../foundation/unreachable.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import type { OverlayEntry } from '../overlay/overlay.ts';
import type { Work } from './work.ts';

/** Where lb is other than its file says, because people wanted it so. */
export function driftOf(
  { file, overlay }: Pick<Work, 'file' | 'overlay'>,
  health: readonly BackendHealth[],
): readonly Drift[] {
  const changes = overlay.map(
    (entry): Drift => ({
      kind: entry.kind,
      pool: entry.pool,
      backend: entry.backend,
      what: inWords(entry, file.snapshot),
      ...by(entry),
    }),
  );
  const orders = health.flatMap(({ pool, name, ordered }): readonly Drift[] => {
    const { value, who } = ordered;
    if (value === 'ready' || who === null) return [];
    return [{ kind: 'order', pool, backend: name, what: value, ...by({ ...ordered, who }) }];
  });
  return [...changes, ...orders];
}

function inWords(entry: OverlayEntry, file: Snapshot): string {
  switch (entry.kind) {
    case 'weight': {
      const pool = file.pools.find(({ name }) => name === entry.pool);
      const before = pool?.backends.find(({ name }) => name === entry.backend)?.weight;
      return `weight ${before} → ${entry.weight}`;
    }
    case 'added':
      return `added at ${formatAddress(entry.config.address)}, weight ${entry.config.weight}`;
    case 'removed':
      return 'removed';
    default:
      return unreachable(entry);
  }
}

function by({ who, why, sinceMs }: { who: string; why: string; sinceMs: number }) {
  return { who, why, since: new Date(sinceMs).toISOString() };
}

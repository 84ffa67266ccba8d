import type { BackendConfig, PoolConfig, Snapshot } from '../config/snapshot.ts';
import { formatAddress } from '../foundation/address.ts';
import { unreachable } from '../foundation/unreachable.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/** An entry that means nothing any more. */
export interface DroppedEntry {
  readonly entry: OverlayEntry;
  readonly because: string;
}

/** What is at work. */
export interface Overlaid {
  readonly snapshot: Snapshot;
  /** The entries that still mean something. */
  readonly overlay: Overlay;
  readonly dropped: readonly DroppedEntry[];
}

/**
 * Puts what people have changed over what the file says. An entry is dropped when the file says the same by now, or
 * when what it is about is gone.
 */
export function applyOverlay(file: Snapshot, overlay: Overlay): Overlaid {
  if (overlay.length === 0) return { snapshot: file, overlay, dropped: [] };
  const kept: OverlayEntry[] = [];
  const dropped: DroppedEntry[] = [];
  const pools = new Map(file.pools.map((pool) => [pool.name, pool]));
  // Removals last: they may take no more than what the others leave.
  const ordered = overlay.toSorted((one, other) => rankOf(one) - rankOf(other));
  for (const entry of ordered) {
    const pool = pools.get(entry.pool);
    const result = pool === undefined ? 'the pool is gone' : put(entry, pool);
    if (typeof result === 'string') {
      dropped.push({ entry, because: result });
    } else {
      pools.set(entry.pool, result);
      kept.push(entry);
    }
  }
  const snapshot = { ...file, pools: file.pools.map(({ name }) => pools.get(name) as PoolConfig) }; // its own names
  return { snapshot, overlay: overlay.filter((entry) => kept.includes(entry)), dropped };
}

function rankOf({ kind }: OverlayEntry): number {
  return kind === 'removed' ? 1 : 0;
}

/** @returns the pool with the entry's change, or why there is nothing to change. */
function put(entry: OverlayEntry, pool: PoolConfig): PoolConfig | string {
  const { backends } = pool;
  const known = backends.find(({ name }) => name === entry.backend);
  switch (entry.kind) {
    case 'weight': {
      if (known === undefined) return 'the backend is gone';
      if (known.weight === entry.weight) return 'the file says the same';
      const changed = { ...known, weight: entry.weight };
      return { ...pool, backends: backends.map((each) => (each === known ? changed : each)) };
    }
    case 'added': {
      if (known !== undefined || backends.some((each) => isAtSameAddress(each, entry.config))) {
        return 'the file has this backend';
      }
      return { ...pool, backends: [...backends, entry.config] };
    }
    case 'removed': {
      if (known === undefined) return 'the file does not have this backend';
      if (backends.length === 1) return 'it is the last backend of its pool';
      return { ...pool, backends: backends.filter((each) => each !== known) };
    }
    default:
      return unreachable(entry);
  }
}

export function isAtSameAddress(one: BackendConfig, other: BackendConfig): boolean {
  return formatAddress(one.address) === formatAddress(other.address);
}

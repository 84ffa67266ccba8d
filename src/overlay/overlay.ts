import type { BackendConfig } from '../config/snapshot.ts';

/** Who did something, why, and when. */
export interface Authored {
  readonly who: string;
  /** '' when nothing was said. */
  readonly why: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** A backend of the file has another weight. */
export interface WeightEntry extends Authored {
  readonly kind: 'weight';
  readonly pool: string;
  readonly backend: string;
  readonly weight: number;
}

/** A pool has a backend that the file does not have. */
export interface AddedEntry extends Authored {
  readonly kind: 'added';
  readonly pool: string;
  readonly backend: string;
  readonly config: BackendConfig;
}

/** A pool does not have a backend that the file has. */
export interface RemovedEntry extends Authored {
  readonly kind: 'removed';
  readonly pool: string;
  readonly backend: string;
}

/** One way in which people have made lb other than its file. */
export type OverlayEntry = WeightEntry | AddedEntry | RemovedEntry;

/** All of them; at most one for each backend. */
export type Overlay = readonly OverlayEntry[];

export function entryFor(overlay: Overlay, pool: string, backend: string): OverlayEntry | null {
  return overlay.find((entry) => entry.pool === pool && entry.backend === backend) ?? null;
}

/** @returns the overlay with this entry in the place of whatever it said about the backend. */
export function withEntry(overlay: Overlay, entry: OverlayEntry): Overlay {
  return [...withoutEntry(overlay, entry.pool, entry.backend), entry];
}

export function withoutEntry(overlay: Overlay, pool: string, backend: string): Overlay {
  return overlay.filter((entry) => entry.pool !== pool || entry.backend !== backend);
}

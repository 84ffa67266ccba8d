import type { CustomAlgorithms } from '../balancing/configured.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { applyOverlay, type DroppedEntry } from '../overlay/apply-overlay.ts';
import type { Overlay } from '../overlay/overlay.ts';

/** A configuration that was read and checked. */
export interface Loaded {
  readonly snapshot: Snapshot;
  /** Of the modules that the snapshot names. */
  readonly customAlgorithms: CustomAlgorithms;
}

/** What lb goes by: what its file says, and over that what people have changed. */
export interface Work {
  readonly file: Loaded;
  readonly overlay: Overlay;
  /** The two together. */
  readonly snapshot: Snapshot;
  /** Changes that mean nothing any more with this file. */
  readonly dropped: readonly DroppedEntry[];
}

export function workOf(file: Loaded, overlay: Overlay): Work {
  return { file, ...applyOverlay(file.snapshot, overlay) };
}

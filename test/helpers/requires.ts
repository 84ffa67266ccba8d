import { describe } from 'vitest';
import { findPeer, type PeerName } from './peers.ts';

/**
 * A `describe` whose tests run only where all these programs are installed; `report-peers.ts` says so when one is
 * missing.
 */
export function describeWith(...names: readonly PeerName[]) {
  return describe.runIf(names.every((name) => findPeer(name) !== null));
}

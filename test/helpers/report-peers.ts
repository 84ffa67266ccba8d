import { findPeer, type PeerName, peers } from './peers.ts';

/**
 * Runs once before the integration tests and says which of them will not run, and what to install for them.
 * With LB_REQUIRE_PEERS=1 a missing peer fails the whole run: CI must not go green over tests it left out.
 */
export function setup(): void {
  const missing = (Object.keys(peers) as PeerName[]).filter((name) => findPeer(name) === null);
  for (const name of missing) {
    process.stderr.write(`Tests that need ${name} will not run: install ${peers[name]} (Debian)\n`);
  }
  const { LB_REQUIRE_PEERS } = process.env;
  if (missing.length > 0 && LB_REQUIRE_PEERS === '1') {
    throw new Error(`LB_REQUIRE_PEERS=1, but not installed: ${missing.join(', ')}`);
  }
}

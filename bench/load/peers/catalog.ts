import { caddy } from './caddy.ts';
import { floor } from './floor.ts';
import { haproxy, haproxyRing } from './haproxy.ts';
import { lb, lbQuiet } from './lb.ts';
import { nginx } from './nginx.ts';
import type { Peer } from './peer.ts';

/** Every peer, in the order of the table. A new one is a file beside this one and a word here. */
export const peers: readonly Peer[] = [lb, lbQuiet, nginx, haproxy, haproxyRing, caddy, floor];

/** The peer whose cost is 1 in the ratio column. */
export const referencePeer = nginx.name;

/** Those whose latency is compared at the same rate. */
export const equalRatePeers: readonly string[] = [lb.name, nginx.name];

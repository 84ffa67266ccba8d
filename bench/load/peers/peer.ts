import type { Tool } from '../tools.ts';

/** What a peer is to listen on, forward to and write. */
export interface PeerSetup {
  /** Its own, empty; for the configuration and whatever else it writes. */
  readonly directory: string;
  /** On 127.0.0.1, as all addresses here. */
  readonly port: number;
  /** To be used in turn, over kept-alive connections. */
  readonly backendPorts: readonly [number, number];
  /** Its JSON access log. Standard output is appended to this file too, for peers that log there. */
  readonly accessLog: string;
}

/** A proxy to compare: one core, access log on, X-Forwarded-For and -Proto set. */
export interface Peer {
  /** As `--peers` spells it. */
  readonly name: string;
  /** null when it is not installed here. */
  find(): Tool | null;
  /** Writes the configuration; resolves to the command that runs the peer in the foreground. */
  prepare(tool: Tool, setup: PeerSetup): Promise<readonly string[]>;
}

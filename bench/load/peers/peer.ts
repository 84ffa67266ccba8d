import type { Tool } from '../tools.ts';

/**
 * What a peer is to be configured for. `websocket` is `http` with upgrades passed on; `reload` is `http` with every
 * response marked with the generation of the configuration.
 */
export type Job = 'http' | 'websocket' | 'tcp' | 'reload';

/** Field of each response under the job `reload`; its value is the generation. */
export const generationField = 'X-Generation';

/** Kept for an hour: no peer closes a backend connection between its turns, so that none pays for opening it again. */
export const idleBackendConnections = 16_384;
/** What a peer must hold at once: 8,000 clients and as many backend connections, with room to spare. */
export const maxConnections = 20_480;

/** What a peer is to listen on, forward to and write. */
export interface PeerSetup {
  readonly job: Job;
  /** Its own; for the configuration and whatever else it writes. */
  readonly directory: string;
  /** On 127.0.0.1, as all addresses here. */
  readonly port: number;
  /** Free too, for peers with an admin page. */
  readonly adminPort: number;
  /** `host:port` each, to be used in turn, over kept-alive connections. */
  readonly backends: readonly string[];
  /** Its JSON access log. Standard output is appended to this file too, for peers that log there. */
  readonly accessLog: string;
  /** Counted from 1: a reload is to the next one. */
  readonly generation: number;
}

/** A proxy to compare: one core, access log on, X-Forwarded-For, -Proto and -Host set. */
export interface Peer {
  /** As `--peers` spells it. */
  readonly name: string;
  /** A text says why it cannot take part in a scenario with this job, such as `not installed`. */
  find(job: Job): Tool | string;
  /** Writes the configuration; resolves to the command that runs the peer in the foreground. */
  prepare(tool: Tool, setup: PeerSetup): Promise<readonly string[]>;
  /** Makes its first process use the configuration that `prepare` wrote last; null: it cannot reload. */
  readonly reloadSignal: NodeJS.Signals | null;
}

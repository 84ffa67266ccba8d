import { readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { readMetrics } from './metrics.ts';
import type { Lb } from './start-lb.ts';

/** What lb holds on behalf of its clients, seen from outside. */
export interface Holdings {
  /** Open sockets of the process but for idle backend connections; 0 off Linux, where there is nothing to read. */
  readonly sockets: number;
  readonly clientConnections: number;
  readonly activeExchanges: number;
  readonly idleBackendConnections: number;
}

export async function readHoldings(lb: Lb): Promise<Holdings> {
  const metrics = await readMetrics(lb);
  const idleBackendConnections = metrics.sum('backend_idle_connections');
  return {
    sockets: countSockets(lb.pid) - idleBackendConnections,
    clientConnections: metrics.sum('active_connections'),
    activeExchanges: metrics.sum('backend_active'),
    idleBackendConnections,
  };
}

/** Waits until lb holds exactly this of what `wanted` names. */
export async function expectHoldings(
  lb: Lb,
  wanted: Partial<Holdings>,
  story: string,
): Promise<void> {
  const options = { interval: 5, message: story };
  await expect.poll(() => readHoldings(lb), options).toMatchObject(wanted);
}

function countSockets(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => isSocket(`${folder}/${name}`)).length;
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    return false; // closed since the folder was read
  }
}

import { readdirSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { expect } from 'vitest';
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
  const metrics = await readMetrics(lb.adminAddress());
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))]
      .map((match) => Number(match[1]))
      .reduce((total, value) => total + value, 0);
  const idleBackendConnections = sum('backend_idle_connections');
  return {
    sockets: countSockets(lb.pid) - idleBackendConnections,
    clientConnections: sum('active_connections'),
    activeExchanges: sum('backend_active'),
    idleBackendConnections,
  };
}

/** Waits until lb holds what it held `before`, idle backend connections aside. */
export async function expectNothingLeft(lb: Lb, before: Holdings, story: string): Promise<void> {
  const left = async () => {
    const { idleBackendConnections: _, ...rest } = await readHoldings(lb);
    return rest;
  };
  const { idleBackendConnections: _, ...wanted } = before;
  await expect.poll(left, { timeout: 5000, interval: 10, message: story }).toEqual(wanted);
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

function readMetrics(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(`http://${address}/metrics`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
  });
}

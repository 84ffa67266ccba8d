import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CpuCost } from './measure-cpu.ts';

/** What `figures.json` holds. */
export interface Figures {
  /** V8 heap per exchange, by the name of the request. */
  readonly bytesPerExchange: Readonly<Record<string, number>>;
  /**
   * lb's CPU time for an exchange over the relay's, by processor, as the system names it: a system call, which is nearly
   * all that the relay does, costs more or less beside a line of JavaScript from one to the other.
   */
  readonly cpuOverRelay: Readonly<Record<string, number>>;
}

export const figuresFile = join(import.meta.dirname, 'figures.json');

export function readFigures(): Figures {
  return JSON.parse(readFileSync(figuresFile, 'utf8'));
}

/** Of this machine. */
export const processor = cpus()[0]?.model ?? 'unknown';

/** For this processor; for one that nobody has measured yet, the most there is. */
export function cpuOverRelayOf({ cpuOverRelay }: Figures): number {
  return cpuOverRelay[processor] ?? Math.max(...Object.values(cpuOverRelay));
}

export async function takeAllocation(): Promise<Figures['bytesPerExchange']> {
  return JSON.parse(await onOneCore('allocation'));
}

export async function takeCpu(): Promise<CpuCost> {
  return JSON.parse(await onOneCore('cpu'));
}

/**
 * Everything shares one core, and nobody interrupts whom it has just woken (SCHED_BATCH): each program runs until all
 * that is there for it is done. So how many events it finds when it wakes, on which its cost per exchange depends more
 * than on most changes to it, is the same on any machine, and no wake-up of another core is charged to anyone.
 */
async function onOneCore(figure: 'allocation' | 'cpu'): Promise<string> {
  const measure = [process.execPath, join(import.meta.dirname, 'measure.ts'), figure];
  const { stdout } = await promisify(execFile)('taskset', [
    ...['-c', firstCore(), 'chrt', '--batch', '0'],
    ...measure,
  ]);
  return stdout;
}

/** A core that this process may use: a container may have been given some of the machine's only. */
function firstCore(): string {
  const status = readFileSync('/proc/self/status', 'latin1');
  return /^Cpus_allowed_list:\s*(\d+)/m.exec(status)?.[1] ?? '0';
}

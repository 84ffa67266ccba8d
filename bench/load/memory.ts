import { readFile } from 'node:fs/promises';
import { processTree } from './cpu-time.ts';

/** What a peer's processes hold in main memory. */
export interface Memory {
  /** Pages that several of them share count for each. */
  readonly rssKiB: number;
  /** Pages that several processes share count for each in part, so that the sum is right. */
  readonly pssKiB: number;
}

/** @param text of /proc/PID/smaps_rollup (proc_pid_smaps(5)). */
export function parseMemory(text: string): Memory {
  return { rssKiB: readKiB(text, 'Rss'), pssKiB: readKiB(text, 'Pss') };
}

function readKiB(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  if (found === null) throw new Error(`Cannot read ${name}: not in smaps_rollup`);
  return Number(found[1]);
}

/** Of a process and its living descendants. */
export async function memoryOf(pid: number): Promise<Memory> {
  const pids = await processTree(pid);
  if (pids.length === 0) throw new Error(`Cannot read memory of process ${pid}: it has ended`);
  const all = await Promise.all(
    pids.map(async (member) => parseMemory(await readFile(`/proc/${member}/smaps_rollup`, 'utf8'))),
  );
  return {
    rssKiB: all.reduce((sum, { rssKiB }) => sum + rssKiB, 0),
    pssKiB: all.reduce((sum, { pssKiB }) => sum + pssKiB, 0),
  };
}

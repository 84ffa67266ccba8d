import { readdir, readFile } from 'node:fs/promises';

/** One line of /proc/PID/stat, as far as it is needed here (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly parentPid: number;
  /** User and system time of all threads and of children that have ended and been waited for. */
  readonly cpuTicks: number;
}

// USER_HZ: the unit in which /proc tells times. 100 on every Linux platform that Node supports.
const microsPerTick = 10_000;

/** @param line of /proc/PID/stat; the second field, the command in parentheses, may hold anything. */
export function parseProcessStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // fields[0] is the third field of the manual page, so utime stime cutime cstime (14 to 17) are 11 to 14.
  const cpuTicks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parentPid: Number(fields[1]), cpuTicks };
}

/** CPU time that a process and its living descendants (nginx's worker) have used since they began. */
export async function cpuMicroseconds(pid: number): Promise<number> {
  const stats = await readAllStats();
  if (!stats.has(pid)) throw new Error(`Cannot read CPU time of process ${pid}: it has ended`);
  const ticks = descendants(pid, stats).map((member) => stats.get(member)?.cpuTicks ?? 0);
  return ticks.reduce((sum, count) => sum + count, 0) * microsPerTick;
}

/**
 * Time that a core has been busy since the machine started, whoever used it. Includes what a hypervisor took away.
 *
 * @param procStat the text of /proc/stat (proc_stat(5)).
 */
export function parseCoreMicroseconds(procStat: string, core: number): number {
  const line = procStat.split('\n').find((text) => text.startsWith(`cpu${core} `));
  if (line === undefined)
    throw new Error(`Cannot read the time of core ${core}: not in /proc/stat`);
  const [user = 0, nice = 0, system = 0, _idle, _ioWait, irq = 0, softIrq = 0, steal = 0] = line
    .split(' ')
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) * microsPerTick;
}

export async function coreMicroseconds(core: number): Promise<number> {
  return parseCoreMicroseconds(await readFile('/proc/stat', 'latin1'), core);
}

/** The pids of a process and its living descendants; empty when it has ended. */
export async function processTree(pid: number): Promise<readonly number[]> {
  const stats = await readAllStats();
  return stats.has(pid) ? descendants(pid, stats) : [];
}

/** `root` and every process in `stats` below it, parents before children. */
export function descendants(
  root: number,
  stats: ReadonlyMap<number, ProcessStat>,
): readonly number[] {
  const found = [root];
  for (const parent of found) {
    for (const [pid, { parentPid }] of stats) if (parentPid === parent) found.push(pid);
  }
  return found;
}

async function readAllStats(): Promise<ReadonlyMap<number, ProcessStat>> {
  const stats = new Map<number, ProcessStat>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // A process may end between the listing and the reading.
    const line = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => null);
    if (line !== null) stats.set(Number(entry), parseProcessStat(line));
  }
  return stats;
}

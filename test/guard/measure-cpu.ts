import { readdirSync, readFileSync } from 'node:fs';
import { ClosedLoop, startOrigin } from './closed-loop.ts';
import { median } from './median.ts';
import { Programs } from './programs.ts';
import { small } from './requests.ts';

const warmUpExchanges = 40_000;
const rounds = 60;
const exchanges = 960;

export interface CpuCost {
  /** Microseconds per exchange, medians. For people: they depend on the machine. */
  readonly lb: number;
  readonly relay: number;
  /** Of lb's cost to the relay's in the same round, the median. */
  readonly ratio: number;
}

/** What an exchange costs lb beside what moving its bytes costs: a relay in C, loaded in turn with it. */
export async function measureCpu(): Promise<CpuCost> {
  const origin = await startOrigin();
  const programs = new Programs();
  try {
    const lb = await programs.startLb(origin.port);
    const relay = await programs.startRelay(origin.port);
    const loops = [await ClosedLoop.open(lb.port), await ClosedLoop.open(relay.port)] as const;
    for (const loop of loops) await loop.run(small, warmUpExchanges);
    const lbCosts: number[] = [];
    const relayCosts: number[] = [];
    for (let round = 0; round < rounds; round++) {
      lbCosts.push(await costOf(lb.pid, loops[0]));
      relayCosts.push(await costOf(relay.pid, loops[1]));
    }
    for (const loop of loops) loop.close();
    const ratios = lbCosts.map((cost, round) => cost / relayCosts[round]!); // as many of each
    return { lb: median(lbCosts), relay: median(relayCosts), ratio: median(ratios) };
  } finally {
    await programs.stop();
    origin.stop();
  }
}

/** CPU microseconds per exchange. */
async function costOf(pid: number, loop: ClosedLoop): Promise<number> {
  const before = cpuMicros(pid);
  await loop.run(small, exchanges);
  return (cpuMicros(pid) - before) / exchanges;
}

/** CPU time of all threads. /proc/PID/stat has it too, in ticks of 10 ms, which is half of what a round takes. */
function cpuMicros(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1000;
}

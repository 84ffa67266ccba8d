import { coreMicroseconds, cpuMicroseconds } from './cpu-time.ts';
import { logSize, releaseLog } from './log-file.ts';
import { proxyCpu } from './processes.ts';
import type { Target } from './scenarios/scenario.ts';

/** What a peer, and its core, used between two moments. */
export interface Usage {
  readonly cpuMicros: number;
  /** How long anything else kept the core busy. */
  readonly othersMicros: number;
  readonly logBytes: number;
}

/** Starts counting; the function that it resolves to stops. */
export async function startCounting(target: Target): Promise<() => Promise<Usage>> {
  await releaseLog(target.accessLog);
  const logBefore = await logSize(target.accessLog);
  const coreBefore = await coreMicroseconds(proxyCpu);
  const cpuBefore = await cpuMicroseconds(target.pid);
  return async () => {
    const cpuMicros = (await cpuMicroseconds(target.pid)) - cpuBefore;
    const coreMicros = (await coreMicroseconds(proxyCpu)) - coreBefore;
    return {
      cpuMicros,
      // Two clocks with ticks of 10 ms each: never mind the tick that makes it negative.
      othersMicros: Math.max(0, coreMicros - cpuMicros),
      logBytes: (await logSize(target.accessLog)) - logBefore,
    };
  };
}

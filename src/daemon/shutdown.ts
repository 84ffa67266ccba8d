import type { RunningListener } from '../protocol/protocol.ts';

export interface ShutdownTimes {
  /** Between saying that lb is about to stop (/readyz) and refusing connections. */
  readonly delayMs: number;
  /** How long exchanges may take to end by themselves. */
  readonly timeoutMs: number;
}

/**
 * Stops in order: waits `delayMs`, stops accepting and closes what is idle, gives the rest `timeoutMs`, cuts what is
 * left then, or as soon as `hurry` aborts.
 *
 * @returns how many connections were cut in the middle of something.
 */
export async function shutDown(
  listeners: readonly RunningListener[],
  times: ShutdownTimes,
  hurry: AbortSignal,
): Promise<number> {
  await pause(times.delayMs, hurry);
  const drained = Promise.all(listeners.map((listener) => listener.drain())).then(() => true);
  const inTime = await Promise.race([drained, pause(times.timeoutMs, hurry).then(() => false)]);
  if (inTime) return 0;
  const cut = listeners.reduce((sum, listener) => sum + listener.destroy(), 0);
  await drained;
  return cut;
}

/** Resolves after `ms`, or at once when `hurry` aborts. Does not keep the process alive by itself. */
function pause(ms: number, hurry: AbortSignal): Promise<void> {
  if (ms === 0 || hurry.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timeout = setTimeout(resolve, ms);
    timeout.unref();
    hurry.addEventListener('abort', () => {
      clearTimeout(timeout);
      resolve();
    });
  });
}

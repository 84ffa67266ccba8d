import type { RunningListener } from '../protocol/protocol.ts';

/** How often it is told how far a drain has come. */
const PROGRESS_MS = 5000;

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
 * @param onProgress told how many connections are left, when it is not none, at once and every five seconds.
 * @returns how many connections were cut in the middle of something.
 */
export async function shutDown(
  listeners: readonly RunningListener[],
  times: ShutdownTimes,
  hurry: AbortSignal,
  onProgress: (connections: number) => void,
): Promise<number> {
  const connections = () => listeners.reduce((sum, listener) => sum + listener.connections, 0);
  const tell = () => {
    if (connections() > 0) onProgress(connections());
  };
  await pause(times.delayMs, hurry);
  const drained = Promise.all(listeners.map((listener) => listener.drain())).then(() => true);
  tell();
  const progress = setInterval(tell, PROGRESS_MS).unref();
  const inTime = await Promise.race([drained, pause(times.timeoutMs, hurry).then(() => false)]);
  clearInterval(progress);
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

import type { EventEmitter } from 'node:events';

/** Long enough for a loaded two-core machine, short enough to name the wait before the test's own limit strikes. */
const PATIENCE_MS = 15_000;

/**
 * Asks `check` now and after every `event` of `source` until it gives something, so that a test waits for what it
 * needs and never for a while.
 *
 * @param describe what is missing, asked only when patience ends; becomes the error's message.
 */
export function waitFor<T>(
  source: EventEmitter,
  event: string,
  check: () => T | undefined,
  describe: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      clearTimeout(timer);
      source.off(event, look);
      act();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(describe()))), PATIENCE_MS);
    function look(): void {
      try {
        const found = check();
        if (found !== undefined) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error));
      }
    }
    source.on(event, look);
    look();
  });
}

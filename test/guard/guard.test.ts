import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cpuOverRelayOf, readFigures, takeAllocation, takeCpu } from './figures.ts';

// Fails when the way of an exchange has become clearly heavier than when figures.json was committed.

const margin = 1.15;
/** Only what is too much each time it is measured, in processes of its own, is too much. */
const attempts = 3;
const committed = readFigures();
const advice = 'why: node test/guard/why.ts; if it is worth it: node test/guard/update.ts';

/** Says so on its own line when a guard cannot judge here: CI fails for a test that is skipped. */
function installed(...commands: readonly string[]): boolean {
  const missing = commands.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length === 0) return true;
  process.stderr.write(`Guards of the speed will not run: install gcc, libc6-dev, util-linux\n`);
  return false;
}

describe.runIf(installed('taskset', 'chrt', 'cc'))('an exchange', () => {
  it('allocates no more than it did', async () => {
    const bounds = Object.entries(committed.bytesPerExchange).map(
      ([name, bytes]) => [name, Math.round(bytes * margin)] as const,
    );
    let excess: readonly string[] = [];
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const taken = await takeAllocation();
      excess = bounds
        .filter(([name, bound]) => !(taken[name]! <= bound)) // NaN is no figure
        .map(([name, bound]) => `${name}: ${taken[name]} bytes, at most ${bound}`);
      if (excess.length === 0) break;
    }
    expect(excess, advice).toEqual([]);
  });

  it('costs no more CPU time beside a byte relay than it did', async () => {
    const bound = cpuOverRelayOf(committed) * margin;
    const ratios: number[] = [];
    do ratios.push((await takeCpu()).ratio);
    while (!(ratios.at(-1)! <= bound) && ratios.length < attempts);
    expect(Math.min(...ratios), advice).toBeLessThanOrEqual(bound);
  });
});

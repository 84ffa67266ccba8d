import { expect } from 'vitest';

/** Longer than a loaded machine lets bytes wait that nothing holds back. */
const STILL_MS = 250;

/** Waits until a count of bytes or requests has stopped moving, and gives it. */
export async function untilStuck(read: () => number): Promise<number> {
  let latest = -1;
  const stands = () => {
    const before = latest;
    latest = read();
    return latest === before;
  };
  await expect.poll(stands, { interval: STILL_MS }).toBe(true);
  return latest;
}

import type { RawClient } from './raw-client.ts';

/** Asked at once on one connection, so that the sending does not fill what the kernel holds. */
const BATCH = 50;

/** Sends so many GETs with long paths, which make long lines, and waits for all answers. @returns their statuses. */
export async function askMany(
  client: RawClient,
  count: number,
  pathBytes: number,
): Promise<ReadonlySet<number>> {
  const path = `/${'x'.repeat(pathBytes - 1)}`;
  const statuses = new Set<number>();
  for (let asked = 0; asked < count; asked += BATCH) {
    const batch = Math.min(BATCH, count - asked);
    client.send(`GET ${path} HTTP/1.1\r\nHost: lb.test\r\n\r\n`.repeat(batch));
    for (let answer = 0; answer < batch; answer++) statuses.add((await client.response()).status);
  }
  return statuses;
}

import { createServer } from 'node:net';
import { addressOf, listen } from './listen.ts';

/** A loopback port that was free a moment ago, for programs that cannot say which one port 0 became. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await listen(server, '127.0.0.1:0');
  const port = Number(addressOf(server).split(':')[1]);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Calls `start` with fresh ports, again when another program took one of them in between. */
export async function withFreePorts<T>(
  count: number,
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports = new Set<number>();
    while (ports.size < count) ports.add(await findFreePort());
    try {
      return await start([...ports]);
    } catch (error) {
      if (attempt === 5 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

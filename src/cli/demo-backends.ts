import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One of the demo's servers: answers every request with its name after `delayMs`. */
export interface DemoBackend {
  readonly name: string;
  readonly delayMs: number;
  readonly address: string;
  close(): void;
}

const BACKENDS = [
  { name: 'fast', delayMs: 1 },
  { name: 'steady', delayMs: 20 },
  { name: 'slow', delayMs: 80 },
] as const;

/** Starts three HTTP servers of different speeds on free ports of the loopback interface. */
export function startDemoBackends(): Promise<readonly DemoBackend[]> {
  return Promise.all(BACKENDS.map(({ name, delayMs }) => startBackend(name, delayMs)));
}

async function startBackend(name: string, delayMs: number): Promise<DemoBackend> {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => {
      response.setHeader('Content-Type', 'text/plain');
      response.end(
        `Hello from ${name}: I take ${delayMs} ms for ${request.method} ${request.url}\n`,
      );
    }, delayMs);
  });
  // lb closes idle connections first, so no request meets a connection that is just being closed here.
  server.keepAliveTimeout = 60_000;
  await listen(server);
  const { port } = server.address() as AddressInfo; // bound to a TCP port above
  return {
    name,
    delayMs,
    address: `127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

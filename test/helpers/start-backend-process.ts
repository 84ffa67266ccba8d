import { QUIET_HOST } from './quiet-host.ts';
import { startProcess } from './start-process.ts';

/** A backend in a process of its own, for what can only happen to a process. */
export interface BackendProcess {
  /** As lb.yaml spells it. */
  readonly address: string;
  readonly exited: Promise<unknown>;
  /** On SIGTERM it ends in order: it accepts nobody, and goes with its last connection. */
  signal(signal: NodeJS.Signals): void;
}

const PROGRAM = `
  const { createServer } = require('node:http');
  const [name, host, port, keepAliveMs] = process.argv.slice(1);
  const server = createServer((request, response) => response.end(name));
  server.keepAliveTimeout = Number(keepAliveMs);
  server.keepAliveTimeoutBuffer = 0; // closes when it says
  process.on('SIGTERM', () => server.close()); // ends when the last connection has
  server.listen(Number(port), host, () => console.log('listens on ' + server.address().port));
`;

/**
 * Starts a real HTTP server that answers everything with its name.
 *
 * @param address where to listen; any free port.
 * @param keepAliveMs how long it keeps idle connections; what Node.js does by default.
 */
export async function startBackendProcess(
  name: string,
  address = `${QUIET_HOST}:0`,
  keepAliveMs = 5000,
): Promise<BackendProcess> {
  const [host = '', port = ''] = address.split(':');
  const args = [name, host, port, String(keepAliveMs)];
  const started = startProcess(process.execPath, ['-e', PROGRAM, ...args]);
  const [, actual] = await started.until(/listens on (\d+)/);
  return {
    address: `${host}:${actual}`,
    exited: started.exited,
    signal: (signal) => started.kill(signal),
  };
}

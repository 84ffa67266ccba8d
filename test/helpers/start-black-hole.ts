import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Listens with the shortest backlog, says where, and never comes back to accept anything. */
const NEVER_ACCEPTS = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** More than a backlog of 1 holds; those beyond it stay unanswered like any later connection. */
const FILL = 4;

/**
 * An address to which connecting neither succeeds nor fails, as behind a firewall that drops: the accept queue of
 * its listener is full. Linux then ignores further connection attempts.
 */
export async function startBlackHole(): Promise<string> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true });
  const fillers: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of fillers) socket.destroy();
    await worker.terminate();
  });
  const [port] = await once(worker, 'message');
  for (let at = 0; at < FILL; at++) {
    fillers.push(connect(port, '127.0.0.1').on('error', () => undefined));
  }
  await once(fillers[1] as Socket, 'connect'); // the last one the queue has room for
  return `127.0.0.1:${port}`;
}

import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { addressOf, close, listen } from './listen.ts';

/** A TCP server that says back what it is told; its address. It goes, connections and all, when the test ends. */
export async function startEcho(): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // lb may reset it
    socket.pipe(socket);
    onTestFinished(() => {
      socket.destroy();
    });
  });
  await listen(server, '127.0.0.1:0');
  onTestFinished(() => close(server));
  return addressOf(server);
}

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { addressOf, close, listen } from './listen.ts';

/**
 * An address on which nobody listens for as long as the test runs. It is the local end of an outgoing connection, so
 * the kernel gives its port to nobody else, which a port that was merely closed again could not promise.
 */
export async function findRefusingAddress(): Promise<string> {
  const server = createServer();
  await listen(server, '127.0.0.1:0');
  const accepted: Promise<Socket[]> = once(server, 'connection');
  const holder = connect(Number(addressOf(server).split(':')[1]), '127.0.0.1');
  const [other] = await accepted;
  onTestFinished(async () => {
    holder.destroy();
    other!.destroy(); // the event's one argument
    await close(server);
  });
  return `127.0.0.1:${other!.remotePort}`;
}

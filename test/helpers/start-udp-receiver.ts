import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

/** Somebody on loopback who is sent datagrams; gone when the test ends. */
export async function startUdpReceiver(bind = '127.0.0.1'): Promise<UdpReceiver> {
  const socket = createSocket({ type: bind.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4e6 });
  const receiver = new UdpReceiver();
  socket.on('message', (datagram) => receiver.take(datagram));
  socket.bind(0, bind);
  await once(socket, 'listening');
  onTestFinished(() => {
    socket.close();
  });
  receiver.port = socket.address().port;
  return receiver;
}

export class UdpReceiver {
  port = 0;
  /** Bytes of each datagram so far. */
  readonly sizes: number[] = [];
  /** Of all datagrams so far. */
  readonly lines: string[] = [];
  readonly #events = new EventEmitter();

  /** As lb.yaml spells it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  take(datagram: Buffer): void {
    this.sizes.push(datagram.length);
    this.lines.push(...datagram.toString().split('\n'));
    this.#events.emit('change');
  }

  /** What the lines of a StatsD counter add up to so far. */
  total(name: string): number {
    return this.lines
      .filter((line) => line.startsWith(`${name}:`) && line.endsWith('|c'))
      .reduce((sum, line) => sum + Number(line.slice(name.length + 1, -'|c'.length)), 0);
  }

  /** Waits until so many lines have this beginning. */
  async until(beginning: string, count = 1): Promise<void> {
    const found = () => this.lines.filter((line) => line.startsWith(beginning)).length;
    const check = () => (found() >= count ? true : undefined);
    await waitFor(this.#events, 'change', check, () => `${found()} × ${beginning}, not ${count}`);
  }
}

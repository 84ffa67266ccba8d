import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Connection attempts under way at once: the kernel's queue for them is not endless. */
const BATCH = 250;
/** File descriptors for everything but the crowd. */
const SPARE = 1000;

/** How large a crowd may be: 10,000, or what the limit on open files, lb's and this process's alike, leaves. */
export function crowdSize(): number {
  if (process.platform !== 'linux') return 1000;
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const files = Number(/^Max open files +(\d+)/m.exec(limits)?.[1]);
  return Math.min(10_000, files - SPARE);
}

/** Many clients that say a little and then nothing. */
export interface SlowCrowd {
  /** Has each of them send these bytes. */
  say(bytes: string): void;
  /** Resolves when lb has closed the last one, with what each was told. */
  readonly closed: Promise<readonly string[]>;
}

/** Connects `size` clients; those left when the test ends are reset. */
export async function connectCrowd(address: string, size: number): Promise<SlowCrowd> {
  const [host = '', port] = address.split(':');
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  while (sockets.length < size) {
    const count = Math.min(BATCH, size - sockets.length);
    const batch = Array.from({ length: count }, () => connect({ host, port: Number(port) }));
    sockets.push(...batch);
    await Promise.all(batch.map((socket) => once(socket, 'connect')));
  }
  return {
    say: (bytes) => {
      for (const socket of sockets) socket.write(bytes, 'latin1');
    },
    closed: Promise.all(sockets.map(readAll)),
  };
}

/** Reads until the end, which the socket answers with its own; a reset ends it as well. */
function readAll(socket: Socket): Promise<string> {
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  return new Promise((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve(received));
  });
}

import { Duplex } from 'node:stream';

/** What stands for a socket: bytes come in by `push`, and what is written is only reported. */
export function inMemoryConnection(onWrite: () => void): Duplex {
  return new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      onWrite();
      done();
    },
  });
}

/** Streams hand on within a few turns of the event loop; a peer that needs more is stuck. */
const MAX_TURNS = 100;

/** @throws Error when it does not come true. */
export async function untilSettled(settled: () => boolean): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    await new Promise(setImmediate);
    if (settled()) return;
  }
  throw new Error(`Streams have not settled after ${MAX_TURNS} turns of the event loop`);
}

import { type Overrides, webConfig } from './lb-config.ts';
import { connectRaw } from './raw-client.ts';
import { startBackend } from './start-backend.ts';
import { startLb } from './start-lb.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/**
 * lb with one listener `web` in front of one backend, for what has to be seen byte for byte.
 *
 * @param answer of the backend to every request.
 */
export async function startRelay(overrides: Overrides = {}, answer = OK) {
  const backend = await startBackend({ kind: 'answer', bytes: answer });
  const lb = await startLb(webConfig([backend.address], overrides));
  /** Sends a request without a body; `lines` are what stands before the empty line. */
  const send = async (...lines: readonly string[]) => {
    const client = await connectRaw(lb.address('web'));
    client.send([...lines, '', ''].join('\r\n'));
    return client;
  };
  /** The same, and gives the lines that the backend read of it. */
  const relayed = async (...lines: readonly string[]): Promise<readonly string[]> => {
    const before = backend.received.length;
    const { status, body } = await (await send(...lines)).response();
    if (status !== 200) throw new Error(`Not relayed, but answered with ${status}: ${body}`);
    return backend.received.slice(before).split('\r\n').slice(0, -2);
  };
  return { lb, backend, send, relayed };
}

/** Of field lines, those with this name, in any case. */
export function named(lines: readonly string[], name: string): readonly string[] {
  return lines.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
}

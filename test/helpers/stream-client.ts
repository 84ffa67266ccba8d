import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { readResponse } from './http-message.ts';
import type { RequestStream } from './request-streams.ts';

/**
 * Sends a stream from the loopback address `localAddress`, piece by piece, whatever comes back.
 *
 * @returns all that lb said until it closed.
 */
export async function sendStream(
  address: string,
  localAddress: string,
  stream: RequestStream,
): Promise<string> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host!, port: Number(port), localAddress, allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  let received = '';
  socket.setNoDelay(true).setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  // A reset may overtake the end of what it cuts: only lb's orderly FIN or a cut ends the wait.
  const over = new Promise<void>((resolve) => {
    socket.on('end', resolve).on('error', () => resolve());
  });
  await once(socket, 'connect');
  for (const piece of piecesOf(stream)) {
    socket.write(piece, 'latin1');
    await setImmediate(); // a turn of the event loop, so that pieces arrive as reads of their own
  }
  if (stream.ends) socket.end();
  await over;
  socket.destroy();
  return received;
}

function piecesOf({ bytes, cuts }: RequestStream): readonly string[] {
  const bounds = [0, ...cuts, bytes.length];
  return cuts.concat(bytes.length).map((end, index) => bytes.slice(bounds[index], end));
}

/** Reads one response per entry of `bodiless`, interim ones aside; `rest` is what stands behind them. */
export function readAnswers(text: string, bodiless: readonly boolean[]) {
  const statuses: number[] = [];
  let at = 0;
  while (statuses.length < bodiless.length) {
    const response = readResponse(text, at, bodiless[statuses.length]!, true);
    if (response === null) break;
    at = response.end;
    if (response.status >= 200) statuses.push(response.status);
  }
  return { statuses, rest: text.slice(at) };
}

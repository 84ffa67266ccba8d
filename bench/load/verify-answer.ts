import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Traffic } from './load-generator.ts';

const timeoutMs = 5000;
const headEnd = '\r\n\r\n';

/**
 * Does one exchange and compares every byte of the answer: a fast wrong answer must not be measured.
 *
 * @returns the head before the answer; empty where there is none.
 */
export async function verifyAnswer(
  { opening, request, answer }: Traffic,
  port: number,
  signal: AbortSignal,
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)));
  try {
    await once(socket, 'connect', { signal });
    const reader = new Reader(socket);
    if (opening.length > 0) {
      socket.write(opening);
      await reader.readHead('HTTP/1.1 101');
    }
    socket.write(request);
    const head = answer.kind === 'http' ? await reader.readHead('HTTP/1.1 200') : '';
    const bytes = await reader.read(answer.bytes.length);
    if (!bytes.equals(answer.bytes)) throw new Error('The answer holds other bytes than expected');
    return head;
  } finally {
    socket.destroy();
  }
}

/** Takes what arrives apart; rejects when the socket ends or breaks before it is all there. */
class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #bytes: Buffer;

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]();
    this.#bytes = Buffer.alloc(0);
  }

  /** @returns the head without its last line end. */
  async readHead(expectedStart: string): Promise<string> {
    while (!this.#bytes.includes(headEnd)) await this.#more();
    const head = this.#take(this.#bytes.indexOf(headEnd) + headEnd.length).toString('latin1');
    if (!head.startsWith(expectedStart)) {
      throw new Error(`Expected ${expectedStart}, found ${head.slice(0, head.indexOf('\r\n'))}`);
    }
    return head;
  }

  async read(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await this.#more();
    return this.#take(count);
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error(`The connection ended after ${this.#bytes.length} bytes`);
    this.#bytes = Buffer.concat([this.#bytes, value]);
  }
}

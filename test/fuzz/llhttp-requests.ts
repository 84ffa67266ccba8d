import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { inMemoryConnection, untilSettled } from './in-memory.ts';
import { type Input, piecesOf } from './input.ts';
import type { Message, Reading } from './reading.ts';

interface Read {
  readonly message: Message;
  readonly incoming: IncomingMessage;
}

/** One input on its way; several streams when the input asks to switch protocols. */
interface Conversation {
  readonly reads: Read[];
  readonly streams: Duplex[];
  why: string;
}

/** Reads requests with Node's own server in strict mode, over connections in memory. It never answers. */
export class LlhttpRequests {
  readonly #server: Server = createServer({ insecureHTTPParser: false });
  readonly #conversations = new WeakMap<Duplex, Conversation>();

  constructor() {
    const onRequest = (incoming: IncomingMessage): void => {
      this.#record(this.#of(incoming.socket), incoming);
    };
    this.#server.on('request', onRequest);
    // Without these Node would answer an Expect field itself, and hide the request.
    this.#server.on('checkContinue', onRequest);
    this.#server.on('checkExpectation', onRequest);
    this.#server.on('upgrade', (incoming, stream, rest) => {
      const conversation = this.#of(incoming.socket);
      this.#record(conversation, incoming);
      // lb reads on as HTTP when the backend does not switch, so the rest is read as if it came on a new connection.
      const next = this.#connect(conversation);
      if (rest.length > 0) next.push(rest);
      conversation.streams.push(stream);
      stream.on('data', (piece: Buffer) => next.push(piece));
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, connection) => {
      this.#refuse(this.#of(connection), error.code ?? error.message);
    });
  }

  async readAll(inputs: readonly Input[]): Promise<Reading[]> {
    const conversations = inputs.map((input) => {
      const conversation: Conversation = { reads: [], streams: [], why: '' };
      const connection = this.#connect(conversation);
      for (const [start, end] of piecesOf(input)) connection.push(input.bytes.subarray(start, end));
      return conversation;
    });
    await untilSettled(() => conversations.every(isDrained));
    const readings = conversations.map(readingOf);
    for (const { streams } of conversations) {
      for (const stream of streams) stream.destroy();
    }
    return readings;
  }

  #connect(conversation: Conversation): Duplex {
    // Whatever Node writes is a refusal of its own: nobody here answers.
    const connection = inMemoryConnection(() =>
      this.#refuse(conversation, 'answered by node:http'),
    );
    conversation.streams.push(connection);
    this.#conversations.set(connection, conversation);
    this.#server.emit('connection', connection);
    return connection;
  }

  #of(connection: Duplex): Conversation {
    const conversation = this.#conversations.get(connection);
    if (conversation === undefined) throw new Error('A connection that was not made here');
    return conversation;
  }

  #record(conversation: Conversation, incoming: IncomingMessage): void {
    const { method = '', url = '', rawHeaders } = incoming;
    const message: Message = {
      start: `${method} ${url}`,
      host: hostMeant(incoming),
      fields: rawHeaders,
      body: '',
      trailers: [],
      complete: false,
    };
    conversation.reads.push({ message, incoming });
    incoming.on('data', (piece: Buffer) => {
      message.body += piece.toString('latin1');
    });
    // Being cut off at the end of a test is no event.
    incoming.on('error', () => {});
  }

  #refuse(conversation: Conversation, why: string): void {
    if (conversation.why === '') conversation.why = why;
  }
}

/** An absolute-form target stands above the Host field (RFC 9112 §3.2.2). */
function hostMeant({ url = '', headers }: IncomingMessage): string {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? headers.host ?? '';
  return authority
    .replace(/:\d*$/, '')
    .replace(/(.)\.$/, '$1')
    .toLowerCase();
}

function isDrained({ streams, reads }: Conversation): boolean {
  return (
    streams.every((stream) => stream.destroyed || stream.readableLength === 0) &&
    reads.every(({ incoming }) => incoming.readableLength === 0)
  );
}

function readingOf({ reads, why }: Conversation): Reading {
  const messages = reads.map(({ message, incoming }) => ({
    ...message,
    trailers: incoming.rawTrailers,
    complete: incoming.complete,
  }));
  return { messages, ending: why === '' ? 'open' : 'refused', why };
}

import {
  type ClientRequest,
  type IncomingMessage,
  type InformationEvent,
  request,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { inMemoryConnection, untilSettled } from './in-memory.ts';
import { type Input, piecesOf } from './input.ts';
import type { Message, Reading } from './reading.ts';

/** One input on its way. */
interface Conversation {
  readonly client: ClientRequest;
  readonly connection: Duplex;
  readonly messages: Message[];
  incoming: IncomingMessage | null;
  why: string;
}

/** Reads the answer to one request with Node's own client in strict mode, over connections in memory. */
export class LlhttpResponses {
  async readAll(inputs: readonly Input[]): Promise<Reading[]> {
    const conversations = inputs.map((input) => {
      const conversation = converse(input);
      const { connection } = conversation;
      for (const [start, end] of piecesOf(input)) connection.push(input.bytes.subarray(start, end));
      return conversation;
    });
    // The end comes after everything has been read: Node drops what it still holds when a connection breaks off.
    await untilSettled(() => conversations.every(isDrained));
    for (const { connection } of conversations) if (!connection.destroyed) connection.push(null);
    await untilSettled(() => conversations.every(({ client }) => client.destroyed));
    const readings = conversations.map(readingOf);
    for (const { connection } of conversations) connection.destroy();
    return readings;
  }
}

function converse({ asked }: Input): Conversation {
  const connection = inMemoryConnection(() => {});
  const client = request({
    method: asked === 'head' ? 'HEAD' : 'GET',
    host: 'example.test',
    createConnection: () => connection,
    insecureHTTPParser: false,
  });
  const conversation: Conversation = { client, connection, messages: [], incoming: null, why: '' };
  client.on('information', (information) => {
    conversation.messages.push({ ...messageOf(information), complete: true });
  });
  client.on('response', (incoming) => record(conversation, incoming));
  client.on('upgrade', (incoming, _connection, rest) => {
    const message = record(conversation, incoming);
    message.body = rest.toString('latin1');
    connection.on('data', (piece: Buffer) => {
      message.body += piece.toString('latin1');
    });
  });
  client.on('error', (error: NodeJS.ErrnoException) => {
    // ECONNRESET is the end of the input in the middle of a message: awaited, not refused.
    if (error.code?.startsWith('HPE_')) conversation.why = error.code;
  });
  client.end();
  return conversation;
}

function record(conversation: Conversation, incoming: IncomingMessage): Message {
  const message = messageOf(incoming);
  conversation.messages.push(message);
  conversation.incoming = incoming;
  incoming.on('data', (piece: Buffer) => {
    message.body += piece.toString('latin1');
  });
  // A body that was cut shows as not complete.
  incoming.on('error', () => {});
  return message;
}

function messageOf({ statusCode, rawHeaders }: IncomingMessage | InformationEvent): Message {
  return {
    start: String(statusCode),
    host: '',
    fields: rawHeaders as string[], // names and values by turns
    body: '',
    trailers: [],
    complete: false,
  };
}

function isDrained({ connection, incoming }: Conversation): boolean {
  return (
    (connection.destroyed || connection.readableLength === 0) &&
    (incoming === null || incoming.readableLength === 0)
  );
}

function readingOf({ messages, incoming, why }: Conversation): Reading {
  const final = messages.at(-1);
  if (incoming !== null && final !== undefined) {
    final.complete = incoming.complete;
    final.trailers = incoming.rawTrailers;
  }
  return { messages, ending: why === '' ? 'open' : 'refused', why };
}

import { phraseOf, problemAnswer } from '../api/answer.ts';
import type { ApiAnswer } from '../api/endpoint.ts';

/** A response, but for what concerns its connection. */
export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  /** Further field lines. */
  readonly fields: readonly string[];
}

export function json({ status, body }: ApiAnswer, ...fields: readonly string[]): AdminAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n`, fields };
}

export function refusal(status: number, message: string, facts: object = {}): AdminAnswer {
  return json(problemAnswer(status, message, facts));
}

/** @param last the connection is closed after it. */
export function bytesOf(answer: AdminAnswer, method: string, last: boolean): Buffer {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const lines = [
    `HTTP/1.1 ${answer.status} ${phraseOf(answer.status)}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Type: ${answer.contentType}`,
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    ...answer.fields,
    `Connection: ${last ? 'close' : 'keep-alive'}`,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return method === 'HEAD' ? head : Buffer.concat([head, body]);
}

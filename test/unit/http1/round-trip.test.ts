import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BODY_CHUNKED, BODY_LENGTH } from '../../../src/http1/body-reader.ts';
import { NO_EDITS } from '../../../src/http1/head-edits.ts';
import type { HeadParser } from '../../../src/http1/head-parser.ts';
import type { RequestHead } from '../../../src/http1/request-head.ts';
import type { ResponseHead } from '../../../src/http1/response-head.ts';
import { writeRequestHead } from '../../../src/http1/write-request.ts';
import { writeResponseHead } from '../../../src/http1/write-response.ts';
import {
  endToEnd,
  type Field,
  type RequestMessage,
  type ResponseMessage,
  requests,
  requestText,
  responses,
  responseText,
} from './messages.ts';
import { parseRequest, parseResponse, written } from './parse-head.ts';

function fieldsOf({ fields }: HeadParser): Field[] {
  return Array.from({ length: fields.count }, (_, index) => [
    fields.bytes.toString('latin1', fields.nameStart(index), fields.nameEnd(index)),
    fields.valueText(index),
  ]);
}

/** The names of fields that have ended at this hop are none of the message any more. */
function expectNoneEnding(parser: HeadParser): void {
  const names = fieldsOf(parser).map(([name]) => name.toLowerCase());
  for (const name of ['connection', 'keep-alive', 'trailer', 'x-hop']) {
    expect(names).not.toContain(name);
  }
}

function expectBody(head: RequestHead | ResponseHead, sent: Field | null): void {
  if (sent === null) return;
  const chunked = sent[1] === 'chunked';
  expect(head.bodyKind).toBe(chunked ? BODY_CHUNKED : BODY_LENGTH);
  if (!chunked) expect(head.bodyLength).toBe(Number(sent[1]));
}

function expectRequest(head: RequestHead, sent: RequestMessage): void {
  expect(head.method).toBe(sent.method);
  expect(head.path).toBe(sent.target.split('?')[0]);
  expect(head.host).toBe(sent.host.replace(/:.*/, ''));
  expect(head.get('host')).toBe(sent.host);
  expect(endToEnd(fieldsOf(head.parser))).toEqual(sent.fields);
  expectBody(head, sent.body);
}

function expectResponse(head: ResponseHead, sent: ResponseMessage): void {
  expect(head.status).toBe(sent.status);
  expect(endToEnd(fieldsOf(head.parser))).toEqual(sent.fields);
  expectBody(head, sent.body);
}

describe('any well-formed request', () => {
  it('is read as it was meant, and again when it has been forwarded', () => {
    fc.assert(
      fc.property(requests, (message) => {
        const received = parseRequest(requestText(message));
        expectRequest(received, message);
        const forwarded = written((out) =>
          writeRequestHead(out, received, NO_EDITS, { dropped: 0, write: () => undefined }),
        );
        expect(forwarded.startsWith(`${message.method} ${message.target} HTTP/1.1\r\n`)).toBe(true);
        const next = parseRequest(forwarded);
        expectRequest(next, message);
        expectNoneEnding(next.parser);
      }),
      { numRuns: 500 },
    );
  });
});

describe('any well-formed response', () => {
  it('is read as it was meant, and again when it has been relayed', () => {
    fc.assert(
      fc.property(responses, (message) => {
        const received = parseResponse(responseText(message));
        expectResponse(received, message);
        const framing = received.bodyKind === BODY_CHUNKED ? 'Transfer-Encoding: chunked\r\n' : '';
        const relayed = written((out) => writeResponseHead(out, received, NO_EDITS, framing));
        expect(relayed.startsWith(`HTTP/1.1 ${message.status} ${message.phrase}\r\n`)).toBe(true);
        const next = parseResponse(relayed);
        expectResponse(next, message);
        expectNoneEnding(next.parser);
      }),
      { numRuns: 500 },
    );
  });
});

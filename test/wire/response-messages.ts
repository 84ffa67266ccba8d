import { HeadParser } from '../../src/http1/head-parser.ts';
import { ResponseHead } from '../../src/http1/response-head.ts';
import { bodyEvents, fieldEvents, nominationEvents } from './head-events.ts';
import type { MessageReader, ReadHead } from './wire-reader.ts';

/** The interim responses and the final one to a single request. */
export class ResponseMessages implements MessageReader {
  readonly parser = new HeadParser('response');
  readonly #head = new ResponseHead(this.parser);
  readonly #method: string;

  constructor(method: string) {
    this.#method = method;
  }

  readHead(): ReadHead {
    const head = this.#head;
    const refusal = head.read(this.#method);
    const switched = head.status === 101;
    return {
      refusal,
      events: refusal === null ? headEvents(head) : [],
      bodyKind: head.bodyKind,
      bodyLength: head.bodyLength,
      endEvent: switched ? null : head.interim ? 'interim' : 'end',
      another: head.interim,
    };
  }
}

function headEvents(head: ResponseHead): string[] {
  const { parser } = head;
  return [
    `response HTTP/1.${parser.minorVersion} ${head.status}`,
    ...fieldEvents(parser.fields),
    ...nominationEvents(head.connection),
    ...(head.status === 101 ? ['switches'] : []),
    ...(head.keepAlive ? [] : ['closes']),
    ...bodyEvents(head.bodyKind, head.bodyLength),
  ];
}

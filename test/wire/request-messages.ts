import { HeadParser } from '../../src/http1/head-parser.ts';
import { RequestHead } from '../../src/http1/request-head.ts';
import { bodyEvents, fieldEvents, nominationEvents } from './head-events.ts';
import { visible } from './notation.ts';
import type { MessageReader, ReadHead } from './wire-reader.ts';

/** A request of somebody else's, read by the same objects before: nothing of it may show in the next one. */
const EARLIER = Buffer.from(
  'OPTIONS http://earlier.example/earlier HTTP/1.1\r\nHost: earlier.example\r\nConnection: upgrade, te\r\n' +
    'Upgrade: earlier\r\nTE: trailers\r\nMax-Forwards: 9\r\n\r\n',
);
const EARLIER_LIMITS = { headerBytes: EARLIER.length, headerCount: 5, targetBytes: 50 };

export class RequestMessages implements MessageReader {
  readonly parser = new HeadParser('request');
  readonly #head = new RequestHead(this.parser);

  constructor() {
    this.parser.reset(EARLIER_LIMITS);
    this.parser.consume(EARLIER, 0, EARLIER.length);
    this.#head.read();
  }

  readHead(): ReadHead {
    const head = this.#head;
    const refusal = head.read();
    const another = head.keepAlive && head.upgrade === null;
    return {
      refusal,
      events: refusal === null ? headEvents(head) : remainsOfEarlier(head),
      bodyKind: head.bodyKind,
      bodyLength: head.bodyLength,
      endEvent: 'end',
      another,
    };
  }
}

function headEvents(head: RequestHead): string[] {
  const { parser } = head;
  const { bytes, base } = parser;
  const target = bytes.toString('latin1', base + parser.targetStart, base + parser.targetEnd);
  return [
    `request ${head.method} ${visible(target)} HTTP/1.${parser.minorVersion}`,
    ...(head.host === '' ? [] : [`host ${head.host}`]),
    ...(head.path === target ? [] : [`path ${visible(head.path)}`]),
    ...fieldEvents(parser.fields),
    ...nominationEvents(head.connection),
    ...(head.trailers ? ['accepts trailers'] : []),
    ...(head.maxForwards === -1 ? [] : [`max-forwards ${head.maxForwards}`]),
    ...(head.upgrade === null ? [] : [`upgrade ${visible(head.upgrade)}`]),
    ...(head.keepAlive ? [] : ['closes']),
    ...bodyEvents(head.bodyKind, head.bodyLength),
  ];
}

/** A refused request is logged with what could be read of it; what could not must not be an earlier one's. */
function remainsOfEarlier(head: RequestHead): string[] {
  return [
    ...(head.host.includes('earlier') ? ['host of an earlier request'] : []),
    ...(head.path.includes('earlier') ? ['path of an earlier request'] : []),
    ...(head.authority?.includes('earlier') ? ['authority of an earlier request'] : []),
    ...(head.upgrade?.includes('earlier') ? ['upgrade of an earlier request'] : []),
  ];
}

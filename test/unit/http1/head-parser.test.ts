import { describe, expect, it } from 'vitest';
import { FAILED, type HeadLimits, HeadParser, MORE } from '../../../src/http1/head-parser.ts';

const LIMITS: HeadLimits = { headerBytes: 200, headerCount: 5, targetBytes: 100 };

/** The bytes, as characters, that may stand for `?` in a template of a whole head. */
function acceptedIn(kind: 'request' | 'response', template: string): string {
  const parser = new HeadParser(kind);
  let accepted = '';
  for (let byte = 0; byte < 256; byte++) {
    const character = String.fromCharCode(byte);
    const bytes = Buffer.from(
      template.replace('?', () => character),
      'latin1',
    );
    parser.reset(LIMITS);
    const reached = parser.consume(bytes, 0, bytes.length);
    if (reached === bytes.length) accepted += character;
    else expect(reached).toBe(FAILED);
  }
  return accepted;
}

/** Characters 0 to 255 that match. */
const matching = (pattern: RegExp) =>
  Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
    .filter((character) => pattern.test(character))
    .join('');

// Written down from the RFCs once more, so that a slip in the parser's tables shows.
const TCHAR = matching(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/);
const VISIBLE_OR_SPACE = matching(/[\t\x20-\x7e\x80-\xff]/);

describe('every byte', () => {
  it('of a method is a token character (RFC 9110 §5.6.2)', () => {
    expect(acceptedIn('request', 'G?T / HTTP/1.1\r\n\r\n')).toBe(TCHAR);
  });

  it('of a target is visible ASCII without # (RFC 9112 §3.2)', () => {
    expect(acceptedIn('request', 'GET /a?b HTTP/1.1\r\n\r\n')).toBe(matching(/[!"$-~]/));
  });

  it('of a field name is a token character (RFC 9110 §5.1)', () => {
    // A colon ends the name here: what is behind it is the value.
    const accepted = acceptedIn('request', 'GET / HTTP/1.1\r\nX?Y: z\r\n\r\n');
    expect(accepted.replace(':', '')).toBe(TCHAR);
  });

  it.each(['X: a?b', 'X:?a', 'X: a?', 'X:?'])(
    'of a field value is visible, space or tab (RFC 9110 §5.5): %s',
    (line) => {
      const accepted = acceptedIn('request', `GET / HTTP/1.1\r\n${line}\r\n\r\n`);
      expect(accepted).toBe(VISIBLE_OR_SPACE);
    },
  );

  it('of a reason phrase is visible, space or tab (RFC 9112 §4)', () => {
    expect(acceptedIn('response', 'HTTP/1.1 200 a?b\r\n\r\n')).toBe(VISIBLE_OR_SPACE);
  });

  it('of a status is a digit, and the first is not 0 (RFC 9110 §15)', () => {
    expect(acceptedIn('response', 'HTTP/1.1 ?00 OK\r\n\r\n')).toBe('123456789');
    expect(acceptedIn('response', 'HTTP/1.1 2?0 OK\r\n\r\n')).toBe('0123456789');
    expect(acceptedIn('response', 'HTTP/1.1 20? OK\r\n\r\n')).toBe('0123456789');
  });

  it('of a version is right (RFC 9112 §2.3)', () => {
    const version = 'HTTP/1.1';
    for (let at = 0; at < version.length; at++) {
      const template = `${version.slice(0, at)}?${version.slice(at + 1)}`;
      const expected = at === 7 ? '01' : version[at];
      expect(acceptedIn('request', `GET / ${template}\r\n\r\n`), template).toBe(expected);
      expect(acceptedIn('response', `${template} 200 OK\r\n\r\n`), template).toBe(expected);
    }
  });

  it('of the line ends is CR LF (RFC 9112 §2.2)', () => {
    const head = 'GET / HTTP/1.1\r\nX: a\r\n\r\n';
    for (const [at, expected] of [
      [15, '\n'],
      [21, '\n'],
      [23, '\n'],
    ] as const) {
      const template = `${head.slice(0, at)}?${head.slice(at + 1)}`;
      expect(acceptedIn('request', template), template).toBe(expected);
    }
  });
});

describe('a parser', () => {
  const head = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n');

  it('reads a head that came whole in place, without a copy', () => {
    const parser = new HeadParser('request');
    parser.reset(LIMITS);
    const buffer = Buffer.concat([Buffer.from('...'), head, Buffer.from('...')]);
    expect(parser.consume(buffer, 3, buffer.length)).toBe(3 + head.length);
    expect(parser.bytes).toBe(buffer);
    expect(parser.base).toBe(3);
  });

  it('says whether a head has begun', () => {
    const parser = new HeadParser('request');
    parser.reset(LIMITS);
    expect(parser.started).toBe(false);
    expect(parser.consume(head, 0, 5)).toBe(MORE);
    expect(parser.started).toBe(true);
    expect(parser.consume(head, 5, head.length)).toBe(head.length);
    parser.reset(LIMITS);
    expect(parser.started).toBe(false);
  });

  it('keeps no more of an endless head than its limit', () => {
    const parser = new HeadParser('request');
    parser.reset(LIMITS);
    const line = Buffer.from('GET / HTTP/1.1\r\nX: ');
    expect(parser.consume(line, 0, line.length)).toBe(MORE);
    const flood = Buffer.alloc(1_000_000, 'x');
    expect(parser.consume(flood, 0, flood.length)).toBe(FAILED);
    expect(parser.violation).toBe('header_too_large');
    expect(parser.bytes.length).toBeLessThanOrEqual(1024);
  });
});
